// What the platform does: two invocations, and then it ends the process without a word.
import { handler } from './handler.mjs';

console.log(await handler());
console.log(await handler());
process.exit();
