import { PassThrough } from 'node:stream';
import type { ResolvedProcessorOptions } from '../config.js';
import { type Environment, parseSwitch, textIn } from '../environment.js';
import type { TelemetryExporter } from '../exporterMark.js';
import { logAloud } from '../log.js';
import { describeValue } from '../optionErrors.js';
import { DRY_RUN_OPTIONS, DRY_RUN_VARIABLE, DryRunExporter } from './dryRunExporter.js';

type Choice = Pick<ResolvedProcessorOptions, 'givenExporter' | 'exporter'>;

/**
 * The exporter of a processor: the user's, unless the environment asks for a dry run and the user's would send.
 *
 * @returns `undefined` for the one that is made by default
 */
export function chooseExporter(
  { givenExporter, exporter }: Choice,
  environment: Environment,
): TelemetryExporter | undefined {
  const isDryAlready = givenExporter?.[Symbol.toStringTag] === 'DryRunExporter';
  const dryRun = isDryAlready ? undefined : dryRunByEnvironment(environment, exporter);
  return dryRun ?? givenExporter;
}

/** A dry run that can't be done sends nothing either. */
function dryRunByEnvironment(
  environment: Environment,
  { authenticatedExport }: Choice['exporter'],
): DryRunExporter | undefined {
  const file = textIn(environment, DRY_RUN_VARIABLE);
  const word = file === undefined ? undefined : parseSwitch(file);
  if (file === undefined || word === false) {
    return undefined;
  }
  if (word === true) {
    return writeNothing(
      `${DRY_RUN_VARIABLE} is ${describeValue(file)}; allowed is ${DRY_RUN_OPTIONS.file.allowed}`,
      authenticatedExport,
    );
  }
  try {
    return new DryRunExporter({ file, authenticatedExport });
  } catch (error) {
    // Without the name of the option: nobody wrote that.
    const { message } = ((error as Error).cause ?? error) as Error;
    return writeNothing(`${DRY_RUN_VARIABLE}: ${message}`, authenticatedExport);
  }
}

function writeNothing(reason: string, authenticatedExport: boolean): DryRunExporter {
  logAloud('error', `${reason}; nothing is sent, and nothing is written`);
  return new DryRunExporter({ stream: new PassThrough().destroy(), authenticatedExport });
}
