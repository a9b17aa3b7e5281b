// A program that runs on after a query. What listens to signals, it says by its environment.
const { DBSQLClient } = require('@databricks/sql');
const queries = require('./queries.cjs');

const listeners = {
  /** An application that ends by itself when it is asked to. */
  own(work) {
    process.once('SIGTERM', () => {
      process.stdout.write('asked to end\n');
      setTimeout(() => {
        clearInterval(work);
        process.exitCode = 7;
        process.stdout.write('ended\n');
      }, 50);
    });
  },
  /** An application that does not mind. */
  ignoring() {
    process.on('SIGTERM', () => {
      process.stdout.write('ignored\n');
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500);
    });
  },
  /** What the package signal-exit does: it ends the process if all listeners are its own. */
  signalExit() {
    const emitter = { count: 1 };
    globalThis[Symbol.for('signal-exit emitter')] = emitter;
    const listener = () => {
      if (process.listeners('SIGTERM').length === emitter.count) {
        process.off('SIGTERM', listener);
        process.stdout.write('signal-exit\n');
        process.kill(process.pid, 'SIGTERM');
      }
    };
    process.on('SIGTERM', listener);
  },
  /** One that calls what register exports. */
  shutdown() {
    process.once('SIGTERM', async () => {
      const { shutdown } = require('opentelemetry-databricks-sql/register');
      await shutdown();
      process.exit(0);
    });
  },
};

const work = setInterval(() => undefined, 1_000);
listeners[process.env.TEST_LISTENER]?.(work);
queries(DBSQLClient).then(() => process.stdout.write('serving\n'));
