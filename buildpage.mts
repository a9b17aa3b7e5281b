import { buildPage } from '/tmp/wt/inspector/tools/buildPage.ts';
await buildPage('/tmp/wt/inspector/dist/inspector');
