import { parseArgs } from 'node:util';
import { VERSION } from '../version.js';
import { doctor } from './doctor.js';
import { inspectFile } from './inspectFile.js';
import { printTags } from './tags.js';
import type { Terminal } from './terminal.js';

const HELP = `opentelemetry-databricks-sql ${VERSION}

  doctor [FOLDER]   checks the set-up of the application in FOLDER (default: this one): Node.js, driver,
                    OpenTelemetry, instrumentation, exporter, and whether records are sent and by what that is
                    decided. Loads the driver in a process of its own. Uses no network without --connect.
      --connect     also connects to the OTLP endpoint and to the workspace
      --host HOST   the workspace's host name, or host:port (default: DATABRICKS_SERVER_HOSTNAME)
  tags              every tag that this package knows, and where it may go
      --json        the same as JSON
  inspect FILE      the inspector's page over a file that a dry run or 'copyTo' has written
      --port PORT   the port of the page (default: a free one)
  --help, --version

  Exit code: 0 if all is well or there are only warnings, 1 if something is wrong, 2 if the command line is.`;

const OPTIONS = {
  connect: { type: 'boolean' },
  host: { type: 'string' },
  json: { type: 'boolean' },
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

type Values = ReturnType<typeof parse>['values'];

/** Which options a command takes. */
const COMMANDS: Readonly<Record<string, readonly (keyof Values)[]>> = {
  doctor: ['connect', 'host'],
  tags: ['json'],
  inspect: ['port'],
};

const MISUSED = 2;

/** @returns the exit code, when the command has done its job */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    const [command, argument, ...rest] = positionals;
    if (values.version === true) {
      terminal.write(VERSION);
      return 0;
    }
    if (values.help === true || command === undefined) {
      terminal.write(HELP);
      return values.help === true ? 0 : MISUSED;
    }
    rejectMisuse(command, values, rest);
    return await run(command, argument, values, terminal);
  } catch (error) {
    terminal.writeError(`opentelemetry-databricks-sql: ${(error as Error).message}`);
    return error instanceof Misuse || isParseError(error) ? MISUSED : 1;
  }
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

/** The command line is wrong. */
class Misuse extends Error {}

function rejectMisuse(command: string, values: Values, rest: readonly string[]): void {
  const allowed = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (allowed === undefined) {
    throw new Misuse(`there is no command '${command}'. See --help`);
  }
  const wrong = (Object.keys(values) as (keyof Values)[]).find((name) => !allowed.includes(name));
  if (wrong !== undefined) {
    throw new Misuse(`'${command}' takes no --${wrong}. See --help`);
  }
  if (rest.length > 0) {
    throw new Misuse(`'${command}' takes one argument at most. See --help`);
  }
}

async function run(
  command: string,
  argument: string | undefined,
  values: Values,
  terminal: Terminal,
): Promise<number> {
  switch (command) {
    case 'doctor':
      return doctor(terminal, {
        ...(argument === undefined ? {} : { folder: argument }),
        ...(values.host === undefined ? {} : { host: values.host }),
        connect: values.connect === true,
      });
    case 'tags':
      if (argument !== undefined) {
        throw new Misuse("'tags' takes no argument. See --help");
      }
      return printTags(terminal, values.json === true);
    default:
      if (argument === undefined) {
        throw new Misuse("'inspect' needs the name of a file. See --help");
      }
      return inspectFile(terminal, argument, portOf(values.port));
  }
}

function portOf(text: string | undefined): number {
  const port = Number(text ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Misuse('--port must be an integer from 0 to 65535');
  }
  return port;
}

function isParseError(error: unknown): boolean {
  return String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
}
