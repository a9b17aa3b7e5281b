/** A workspace on loopback that remembers nothing, for the real driver. */
import { startLocalDatabricks } from '../../test/support/local-databricks/index.js';

const { host, port } = await startLocalDatabricks({ keepTruth: false });
process.send?.({ host, port: String(port) });
