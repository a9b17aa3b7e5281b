import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { textIn } from '../environment.js';
import type { Finding } from './checks/finding.js';
import { checkInstrumentation } from './checks/instrumentation.js';
import { checkNetwork } from './checks/network.js';
import { checkNode } from './checks/node.js';
import { checkDriver, checkOpenTelemetry } from './checks/packages.js';
import { checkSettings } from './checks/settings.js';
import type { Terminal } from './terminal.js';

export interface DoctorOptions {
  /** The application's folder. Default: the one in which the command was started. */
  readonly folder?: string;
  /** The workspace's host name. */
  readonly host?: string;
  /** Whether the network may be used. */
  readonly connect: boolean;
}

const MARKS = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL', info: '    ' } as const;
const NAME_WIDTH = 20;

/**
 * Checks the set-up of an application.
 *
 * @returns the exit code: 1 if something is wrong; 0 otherwise, with warnings as well
 * @throws Error if there is no such folder
 */
export async function doctor(terminal: Terminal, options: DoctorOptions): Promise<number> {
  const { environment } = terminal;
  const folder = resolve(terminal.folder, options.folder ?? '.');
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`there is no folder ${folder}`);
  }
  const host = options.host ?? textIn(environment, 'DATABRICKS_SERVER_HOSTNAME');
  const findings: Finding[] = [];
  const add = (found: readonly Finding[]): void => {
    for (const finding of found) {
      findings.push(finding);
      print(terminal, finding);
    }
  };
  terminal.write(`The application in ${folder}\n`);
  add(checkNode(process.version));
  const driver = checkDriver(folder);
  add(driver);
  add(checkOpenTelemetry(folder));
  // Without a driver that can be observed there is nothing to try.
  if (driver.every(({ level }) => level === 'ok')) {
    add(await checkInstrumentation(folder, environment));
  }
  add(checkSettings(environment));
  add(await checkNetwork(environment, { connect: options.connect, host }));
  const failed = findings.filter(({ level }) => level === 'fail').length;
  const warned = findings.filter(({ level }) => level === 'warn').length;
  terminal.write(`\n${summaryOf(failed, warned)}`);
  return failed > 0 ? 1 : 0;
}

function print(terminal: Terminal, { level, name, text, advice }: Finding): void {
  terminal.write(`${MARKS[level]}  ${name.padEnd(NAME_WIDTH)}${text}`);
  if (advice !== undefined) {
    terminal.write(`${' '.repeat(6 + NAME_WIDTH)}${advice}`);
  }
}

function summaryOf(failed: number, warned: number): string {
  if (failed === 0 && warned === 0) {
    return 'All is well.';
  }
  return failed === 0 ? `It works. Warnings: ${warned}.` : `Wrong: ${failed}. Warnings: ${warned}.`;
}
