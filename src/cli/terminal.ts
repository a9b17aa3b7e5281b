/** What a command has from the terminal that it was started in. */
export interface Terminal {
  /** A line to the standard output. */
  readonly write: (line: string) => void;
  readonly writeError: (line: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder in which the command was started. */
  readonly folder: string;
}
