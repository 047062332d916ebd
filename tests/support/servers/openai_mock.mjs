// Starts the npm package openai-mock-api for a test:
//
//   node openai_mock.mjs FOLDER_OF_THE_PACKAGE --config FILE
//
// Its command listens at a given port on all of the machine's addresses. A test wants a free port and loopback only, so
// listen() is told better; then its own command line runs, unchanged. Prints "port N", ends when its standard input does.
import {Server} from 'node:net';
import {createRequire} from 'node:module';

const listen = Server.prototype.listen;
Server.prototype.listen = function (_port, ...rest) {
  this.once('listening', () => {
    console.log(`port ${this.address().port}`);
    // The package logs each request to its standard output. Nobody reads on, and a full pipe would stop it.
    process.stdout.write = () => true;
  });
  return listen.call(this, 0, '127.0.0.1', ...rest);
};
process.stdin.on('end', () => process.exit(0)).resume();

const [, , folder, ...options] = process.argv;
process.argv = [process.argv[0], `${folder}/dist/cli.js`, ...options];
createRequire(import.meta.url)(`${folder}/dist/cli.js`);
