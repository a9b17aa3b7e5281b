/** Simulates one scenario, by its name and the number of processes, and sends what it showed to its parent. */
import { SCENARIOS } from './scenarios.js';
import { simulate } from './simulation.js';

const [name, processes] = process.argv.slice(2);
const scenario = SCENARIOS.find((each) => each.name === name);
if (scenario === undefined) {
  throw new Error(`there is no scenario '${name}'`);
}
process.send?.(await simulate(scenario, Number(processes)), () => process.disconnect());
