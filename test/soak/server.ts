/** The workspace that the soak talks to, in a process of its own, so that its memory is not ours. */
import { startLocalDatabricks } from '../support/local-databricks/index.js';

const db = await startLocalDatabricks({ keepTruth: false });
process.send?.(db.connectOptions({ checkServerCertificate: false }));
process.on('disconnect', () => {
  void db.close();
});
