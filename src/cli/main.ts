#!/usr/bin/env node
/** `npx opentelemetry-databricks-sql`: see HELP in commands.ts. */
import { runCommand } from './commands.js';

process.exitCode = await runCommand(process.argv.slice(2), {
  write: (text) => process.stdout.write(`${text}\n`),
  writeError: (text) => process.stderr.write(`${text}\n`),
  environment: process.env,
  folder: process.cwd(),
});
