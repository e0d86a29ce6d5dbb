#!/usr/bin/env node
import { run } from './program.js';
import { surviveClosedPipes } from './terminal.js';

surviveClosedPipes();
await run(process.argv.slice(2));
