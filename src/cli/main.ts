#!/usr/bin/env node
/** `npx opentelemetry-databricks-sql`: `--help` says what it does. */
import { runCommand } from './commands.js';

// Whoever reads the output may stop reading.
process.stdout.on('error', () => process.exit());

void runCommand(process.argv.slice(2), {
  write: (line) => process.stdout.write(`${line}\n`),
  writeError: (line) => process.stderr.write(`${line}\n`),
  environment: process.env,
  folder: process.cwd(),
}).then((exitCode) => {
  process.exitCode = exitCode;
});
