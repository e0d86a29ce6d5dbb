// Everybody who uses what the first release published, each in a folder of their own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from './alone.mjs';
import { commandLineAnswers, globalProgram } from './command-line.mjs';
import { step } from './step.mjs';
import { backendsJudged, compiledBackends } from './third-party.mjs';

/** What is used without anything but core and, for xen-gntdev, an architecture. */
const SMALL = /\/(core|arch-|xen-)/;

/** The packages that are used alone, those of architectures first, with what their READMEs say. */
export function smallPackages(packages) {
  const small = packages
    .filter(({ manifest }) => SMALL.test(manifest.name))
    .map(({ folder, manifest: { name } }) => ({
      name,
      readme: readFileSync(join(folder, 'README.md'), 'utf8'),
    }));
  const isArchitecture = ({ name }) => name.includes('/arch-');
  return {
    architectures: small.filter(isArchitecture),
    others: small.filter((p) => !isArchitecture(p)),
  };
}

/** Installs a small package as its README says, and uses it. */
export function usedAlone(each, { place, env }) {
  return step(
    ({ name, packages, promises, bundled }) =>
      `${name} as its README says: ${packages} packages, ${promises} promises kept, ` +
      `${bundled} bytes in a web page`,
    alone(each, place(`alone-${each.name.split('/')[1]}`), env),
  );
}

/**
 * Installs the command line, and lets it answer and judge.
 * @param version the version that it must say it has
 * @param dumps folder of the demo's dump
 */
export async function usedFromAnywhere({ place, env }, version, dumps) {
  const backends = compiledBackends(place('third-party'), env);
  const pagewright = await globalProgram(place('global'), env);
  await Promise.all([
    step(
      ({ forms, processes }) =>
        `pagewright, installed globally: decodes, ${forms} forms conform, ${processes} processes ` +
        'of the dump are what their kernel said',
      commandLineAnswers(pagewright, version, dumps),
    ),
    step(
      () => 'a backend of somebody else compiles against the types, is judged, and a mistake found',
      backends.then((compiled) => backendsJudged(pagewright, compiled)),
    ),
  ]);
}
