// What the platform does with `handler.handler`, on this machine: two invocations, and then it ends the process
// without a word.
const [file, name] = (process.env._HANDLER ?? 'handler.handler').split('.');
const { [name]: handler } = await import(`./${file}.mjs`);

for (const country of ['IS', 'NO']) {
  console.log(await handler({ country }, { awsRequestId: country, getRemainingTimeInMillis: () => 3_000 }));
}
process.exit();
