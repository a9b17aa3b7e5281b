/** What a check has found. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail' | 'info';
  readonly name: string;
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}
