// What every application here does with the driver. What to run, and where, comes by the environment.
const { connect, statements } = JSON.parse(process.env.TEST_DATABASE ?? '{}');

module.exports = async function queries(DBSQLClient, prepare = (client) => client) {
  const client = prepare(new DBSQLClient({ logger: { log: () => undefined } }));
  await client.connect(connect);
  const session = await client.openSession();
  for (const statement of statements) {
    const operation = await session.executeStatement(statement);
    const rows = await operation.fetchAll();
    process.stdout.write(`${rows.length} rows\n`);
    await operation.close();
  }
  await session.close();
  await client.close();
};
