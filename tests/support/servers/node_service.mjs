// A small HTTP service on Node's own http module: what many real services are. Prints "port N" once it listens on a
// free port of loopback; ends when its standard input does.
//
//   /ok            JSON
//   /delay?ms=20   the same after that time
//   /chunked       a body in chunks
//   /sum           POST of {"numbers": [1, 2]}: {"sum": 3}; 400 when that is not what came
import {createServer} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';

const json = (response, status, value) => {
  response.writeHead(status, {'Content-Type': 'application/json'});
  response.end(JSON.stringify(value));
};

async function body(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

async function serve(request, response) {
  const url = new URL(request.url, 'http://localhost');
  switch (url.pathname) {
    case '/ok':
      return json(response, 200, {ok: true});
    case '/delay':
      await sleep(Number(url.searchParams.get('ms') ?? 20));
      return json(response, 200, {ok: true});
    case '/chunked':
      response.writeHead(200, {'Content-Type': 'text/plain'});
      for (let i = 0; i < 10; ++i) response.write(`piece ${i}\n`);
      return response.end();
    case '/sum':
      try {
        const sum = JSON.parse(await body(request)).numbers.reduce((a, b) => a + b, 0);
        return json(response, 200, {sum});
      } catch {
        return json(response, 400, {error: 'expected {"numbers": [...]}'});
      }
    default:
      return json(response, 404, {error: 'no such path'});
  }
}

const server = createServer((request, response) => void serve(request, response));
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
