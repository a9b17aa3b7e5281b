/**
 * Runs the scenarios with the driver alone and its own telemetry on, through a CONNECT proxy: the driver's
 * telemetry refuses loopback hosts and knows no port but 443. NODE_EXTRA_CA_CERTS must name the server's CA.
 */
import { loadDriver } from '../support/drivers.js';
import type { ConnectOptions } from '../support/local-databricks/index.js';
import { runScenarios } from './run.js';

const [options = '{}', folder = ''] = process.argv.slice(2);
const facts = await runScenarios(loadDriver(), JSON.parse(options) as ConnectOptions, 'thrift', folder);
process.stdout.write(JSON.stringify(facts), () => process.exit(0));
