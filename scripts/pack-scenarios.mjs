// Part of the build of the command line: puts the scenarios of the repository beside the program, so
// that an installed one has them. Run in its folder.
import { cpSync, readdirSync } from 'node:fs';

const FROM = '../../fixtures/scenarios';
const TO = 'dist/scenarios';

for (const name of readdirSync(FROM).filter((each) => each.endsWith('.yaml'))) {
  cpSync(`${FROM}/${name}`, `${TO}/${name}`);
}
