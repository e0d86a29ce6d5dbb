// A registry of one's own: Verdaccio in this process, so that it ends when this process does.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runServer } from 'verdaccio';
import { Refusal } from '../release/refusal.mjs';

const SCOPE = '@pagewright';

/**
 * Starts a registry for our scope alone: empty storage, no uplink, everybody may publish.
 * @param storage folder for what is published; made here
 * @param port 0 for any that is free
 */
export async function startRegistry(storage, port = 0) {
  try {
    mkdirSync(storage, { recursive: true });
    writeFileSync(join(storage, 'written'), '');
  } catch (error) {
    throw new Refusal(`the storage ${storage} cannot be written: ${error.code}`);
  }
  const server = await runServer({
    storage,
    configPath: join(storage, 'config.yaml'),
    uplinks: {},
    packages: { [`${SCOPE}/*`]: { access: '$all', publish: '$all' } },
    auth: {},
    middlewares: {},
    web: { enable: false },
    log: { type: 'stdout', level: 'fatal' },
  });
  // A connection that npm keeps for its next question is not closed under it.
  server.keepAliveTimeout = 0;
  await new Promise((resolve, reject) => {
    server.on('error', reject).listen({ port, host: '127.0.0.1' }, resolve);
  }).catch(({ code }) => {
    const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be used: ${code}`;
    throw new Refusal(`the port ${port} ${why}`);
  });
  return {
    address: `127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * The environment in which npm takes our scope from the registry at `address`, and all else from
 * where this machine's settings say.
 * @param cache folder for npm's cache: what it knows of an address may be of another rehearsal
 */
export function npmSettings(address, cache) {
  return {
    [`npm_config_${SCOPE}:registry`]: `http://${address}/`,
    // npm publishes with a token only; this registry believes any.
    [`npm_config_//${address}/:_authToken`]: 'rehearsal',
    npm_config_cache: cache,
    npm_config_loglevel: 'error',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    // What fails on the loopback interface can be asked again soon; npm waits for ten seconds, and
    // then for sixty.
    npm_config_fetch_retry_mintimeout: '200',
    npm_config_fetch_retry_maxtimeout: '2000',
  };
}
