// What every application of the matrix does with the driver. Where, and what to run, comes by the environment.
const { connect, statements } = JSON.parse(process.env.MATRIX_DATABASE);

module.exports = async function queries(DBSQLClient, prepare = (client) => client) {
  const client = prepare(new DBSQLClient({ logger: { log: () => undefined } }));
  await client.connect(connect);
  const session = await client.openSession();
  for (const statement of statements) {
    const operation = await session.executeStatement(statement);
    await operation.fetchAll();
    await operation.close();
  }
  await session.close();
  await client.close();
};
