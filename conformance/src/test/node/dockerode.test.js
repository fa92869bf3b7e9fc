// What dockerode's documentation shows of containers, images, execs, events and the system, said to our socket.
//
// Run with DOCKER_HOST at the engine, BERTH_TEST_IMAGE naming an image with a shell in it, and BERTH_TEST_REGISTRY naming a
// registry that may be written to. Every test removes what it makes.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, test } from 'node:test';
import Docker from 'dockerode';
import tar from 'tar-stream';

const IMAGE = process.env.BERTH_TEST_IMAGE;
const REGISTRY = process.env.BERTH_TEST_REGISTRY;
const docker = new Docker();
/** run() of dockerode waits for a container when it has started: one that removes itself by then is not found. */
const LASTS = 'sleep 0.5';
const made = [];

after(async () => {
  for (const container of made) {
    await container.remove({ force: true, v: true }).catch(gone);
  }
});

function gone(error) {
  if (error.statusCode !== 404 && error.statusCode !== 409) {
    throw error;
  }
}

async function create(Cmd, options = {}) {
  const container = await docker.createContainer({ Image: IMAGE, Cmd, ...options });
  made.push(container);
  return container;
}

async function started(Cmd, options = {}) {
  const container = await create(Cmd, options);
  await container.start();
  return container;
}

async function eventually(what, condition) {
  for (const end = Date.now() + 30_000; !(await condition()); await sleep(50)) {
    assert.ok(Date.now() < end, `waited 30 s in vain for ${what}`);
  }
}

/** Both outputs of a multiplexed stream, apart, once it has ended. */
async function apart(stream) {
  const out = new PassThrough();
  const err = new PassThrough();
  const both = Promise.all([text(out), text(err)]);
  docker.modem.demuxStream(stream, out, err);
  stream.on('end', () => {
    out.end();
    err.end();
  });
  return both;
}

async function seen(stream, wanted) {
  let all = '';
  for await (const piece of stream) {
    all += piece;
    if (all.includes(wanted)) {
      return all;
    }
  }
  assert.fail(`the stream ended with ${all} before ${wanted}`);
}

/** A terminal or raw stream's text up to a mark, the stream staying open. */
function until(stream, wanted) {
  let all = '';
  return new Promise((resolve, reject) => {
    stream.on('data', (piece) => {
      all += piece;
      if (all.includes(wanted)) {
        resolve(all);
      }
    });
    stream.on('end', () => reject(new Error(`the stream ended with ${all} before ${wanted}`)));
  });
}

function tarOf(files) {
  const pack = tar.pack();
  for (const [name, content] of Object.entries(files)) {
    pack.entry({ name, mode: 0o640 }, content);
  }
  pack.finalize();
  return pack;
}

async function members(stream) {
  const found = {};
  const extract = tar.extract();
  extract.on('entry', async (header, content, next) => {
    found[header.name] = await text(content);
    next();
  });
  stream.pipe(extract);
  await once(extract, 'finish');
  return found;
}

/** What a container's file is, which stands in the answer's head; the answer is read to its end, as its connection wants. */
async function lookedAt(container, path) {
  const answer = await container.infoArchive({ path });
  answer.resume();
  return JSON.parse(Buffer.from(answer.headers['x-docker-container-path-stat'], 'base64').toString());
}

function progress(stream) {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, lines) => (error ? reject(error) : resolve(lines)));
  });
}

const refused = (statusCode) => (error) => {
  assert.equal(error.statusCode, statusCode, error.message);
  return true;
};

test('run gives output, exit code and the container', async () => {
  const out = new PassThrough();
  const said = text(out);
  const [result, container] = await docker.run(IMAGE, ['sh', '-c', 'echo hello; exit 3'], out);
  out.end();
  assert.equal(result.StatusCode, 3);
  assert.equal((await said).replaceAll('\r', ''), 'hello\n'); // run asks for a terminal
  await container.remove();
});

test('run keeps the outputs apart without a terminal', async () => {
  const out = new PassThrough();
  const err = new PassThrough();
  const both = Promise.all([text(out), text(err)]);
  const [result] = await docker.run(IMAGE, ['sh', '-c', `echo out; echo err >&2; ${LASTS}`], [out, err], {
    Tty: false,
    HostConfig: { AutoRemove: true },
  });
  out.end();
  err.end();
  assert.equal(result.StatusCode, 0);
  assert.deepEqual(await both, ['out\n', 'err\n']);
});

test('run tells its events on the way', async () => {
  const names = [];
  const hub = docker.run(IMAGE, ['sh', '-c', LASTS], new PassThrough(), { HostConfig: { AutoRemove: true } }, () => {});
  for (const name of ['container', 'stream', 'start', 'data']) {
    hub.on(name, () => names.push(name));
  }
  await eventually('the last event', () => names.includes('data'));
  assert.deepEqual(names, ['container', 'stream', 'start', 'data']);
});

test('a container is created, started, inspected, listed, renamed, stopped and removed', async () => {
  const container = await create(['sleep', '300'], { name: 'node-life', Labels: { node: 'life' }, Env: ['A=b'] });
  assert.equal((await container.inspect()).State.Status, 'created');
  await container.start();
  const told = await container.inspect({ size: true });
  assert.equal(told.State.Running, true);
  assert.equal(told.Name, '/node-life');
  assert.ok(told.Config.Env.includes('A=b'));
  assert.ok(told.SizeRootFs > 0);
  const listed = await docker.listContainers({ filters: { label: ['node=life'] } });
  assert.deepEqual(listed.map((one) => one.Id), [container.id]);
  assert.deepEqual(listed[0].Names, ['/node-life']);
  await container.rename({ name: 'node-renamed' });
  assert.equal((await docker.getContainer('node-renamed').inspect()).Id, told.Id);
  await container.restart({ t: 0 });
  await container.stop({ t: 0 });
  await assert.rejects(container.stop(), refused(304));
  await container.remove();
  await assert.rejects(container.inspect(), refused(404));
});

test('what is wrong is refused with its status and reason', async () => {
  await assert.rejects(docker.createContainer({ Image: 'no/such:image' }), refused(404));
  await create(['true'], { name: 'node-once' });
  await assert.rejects(create(['true'], { name: 'node-once' }), (error) => {
    assert.match(error.message, /already in use/);
    return refused(409)(error);
  });
  const container = await create(['no-such-program']);
  await assert.rejects(container.start(), refused(400));
});

test('pause, unpause, kill and wait', async () => {
  const container = await started(['sleep', '300']);
  await container.pause();
  assert.equal((await container.inspect()).State.Paused, true);
  await container.unpause();
  const end = container.wait({ condition: 'next-exit' });
  await sleep(200);
  await container.kill({ signal: 'SIGKILL' });
  assert.equal((await end).StatusCode, 137);
  assert.equal((await container.wait()).StatusCode, 137);
});

test('waiting can be broken off', async () => {
  const container = await started(['sleep', '300']);
  const abort = new AbortController();
  const end = container.wait({ abortSignal: abort.signal });
  await sleep(100);
  abort.abort();
  await assert.rejects(end);
});

test('top, stats, update and resize', async () => {
  const container = await started(['sleep', '300'], { Tty: true, HostConfig: { Memory: 64 << 20 } });
  const top = await container.top({ ps_args: '-eo pid,comm' });
  assert.deepEqual(top.Titles, ['PID', 'COMMAND']);
  const once = await container.stats({ stream: false });
  assert.equal(once.memory_stats.limit, 64 << 20);
  const stream = await container.stats({ stream: true });
  await seen(stream, '\n');
  await container.update({ Memory: 96 << 20, MemorySwap: 192 << 20 });
  assert.equal((await container.inspect()).HostConfig.Memory, 96 << 20);
  await container.resize({ h: 40, w: 120 });
});

test('attach streams both ways, and ends with the input', async () => {
  const container = await create(['cat'], { OpenStdin: true, StdinOnce: true, AttachStdin: true });
  const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
  await container.start();
  const both = apart(stream);
  stream.write('there and ');
  stream.end('back\n');
  assert.deepEqual(await both, ['there and back\n', '']);
  assert.equal((await container.wait()).StatusCode, 0);
});

test('a terminal is attached to and left by its keys', async () => {
  const container = await create(['sh'], { OpenStdin: true, Tty: true });
  const stream = await container.attach({
    stream: true, hijack: true, stdin: true, stdout: true, stderr: true, detachKeys: 'ctrl-x,q' });
  await container.start();
  const answer = until(stream, 'sum=42');
  const closed = once(stream, 'close');
  stream.write('echo sum=$((40+2))\n');
  await answer;
  stream.write('\x18q');
  await closed;
  assert.equal((await container.inspect()).State.Running, true);
});

test('logs come whole, in part, and as they are made', async () => {
  const container = await started(['sh', '-c', 'echo out; echo err >&2; sleep 0.5; echo last']);
  const followed = await container.logs({ follow: true, stdout: true, stderr: true });
  assert.deepEqual(await apart(followed), ['out\nlast\n', 'err\n']);
  const whole = await container.logs({ stdout: true, stderr: false });
  assert.deepEqual(await apart(Readable.from([whole])), ['out\nlast\n', '']);
  const tail = await container.logs({ stdout: true, stderr: true, tail: 1, timestamps: true });
  assert.match((await apart(Readable.from([tail])))[0], /^\d{4}-\d\d-\d\dT[\d:.]+Z last\n$/);
});

test('a followed log can be left', async () => {
  const container = await started(['sh', '-c', 'while true; do echo on; sleep 0.05; done'], { Tty: true });
  const abort = new AbortController();
  const stream = await container.logs({ follow: true, stdout: true, abortSignal: abort.signal });
  stream.on('error', () => {});
  await until(stream, 'on');
  abort.abort();
  await eventually('the stream to end', () => stream.destroyed);
});

test('exec gives both outputs and the exit code', async () => {
  const container = await started(['sleep', '300']);
  const exec = await container.exec({
    Cmd: ['sh', '-c', 'echo $A; pwd; echo err >&2; exit 5'], Env: ['A=b'], WorkingDir: '/tmp', AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  assert.deepEqual(await apart(stream), ['b\n/tmp\n', 'err\n']);
  const told = await exec.inspect();
  assert.equal(told.ExitCode, 5);
  assert.equal(told.Running, false);
});

test('exec takes input', async () => {
  const container = await started(['sleep', '300']);
  const exec = await container.exec({ Cmd: ['wc', '-c'], AttachStdin: true, AttachStdout: true });
  const stream = await exec.start({ hijack: true, stdin: true });
  const both = apart(stream);
  stream.end('x'.repeat(100_000));
  assert.equal((await both)[0].trim(), '100000');
});

test('exec opens a terminal of a size, and runs detached', async () => {
  const container = await started(['sleep', '300']);
  const exec = await container.exec({ Cmd: ['sh', '-c', 'sleep 0.5; stty size'], AttachStdin: true, AttachStdout: true, Tty: true });
  const stream = await exec.start({ hijack: true, stdin: true, Tty: true });
  await exec.resize({ h: 33, w: 77 });
  assert.match(await until(stream, '33 77'), /33 77/);
  stream.end();
  const silent = await container.exec({ Cmd: ['touch', '/tmp/made'] });
  (await silent.start({ Detach: true })).resume();
  await eventually('the file', async () => (await lookedAt(container, '/tmp/made').catch(() => null)) !== null);
});

test('archives are put, looked at and got', async () => {
  const container = await create(['true']);
  await container.putArchive(tarOf({ 'one.txt': 'first', two: 'second' }), { path: '/tmp' });
  assert.equal((await lookedAt(container, '/tmp/one.txt')).size, 5);
  assert.deepEqual(await members(await container.getArchive({ path: '/tmp/two' })), { two: 'second' });
  await assert.rejects(container.getArchive({ path: '/no/such' }), refused(404));
});

test('changes, export and commit', async () => {
  const container = await started(['sh', '-c', 'echo kept > /kept']);
  await container.wait();
  assert.deepEqual(await container.changes(), [{ Path: '/kept', Kind: 1 }]);
  const names = Object.keys(await members(await container.export()));
  assert.ok(names.includes('kept') && names.includes('bin/busybox'), names.join(' '));
  const image = await container.commit({ repo: 'node/committed', tag: '1', comment: 'why', changes: 'CMD ["cat", "/kept"]' });
  const told = await docker.getImage('node/committed:1').inspect();
  assert.equal(told.Id, image.Id);
  assert.deepEqual(told.Config.Cmd, ['cat', '/kept']);
  await docker.getImage('node/committed:1').remove();
});

test('containers are pruned by label', async () => {
  const container = await started(['true'], { Labels: { prune: 'node' } });
  await container.wait();
  const pruned = await docker.pruneContainers({ filters: { label: ['prune=node'] } });
  assert.deepEqual(pruned.ContainersDeleted, [container.id]);
});

test('images are listed, inspected, tagged, told the history of, and removed', async () => {
  const image = docker.getImage(IMAGE);
  const told = await image.inspect();
  assert.ok((await docker.listImages()).some((one) => one.Id === told.Id && one.RepoTags.includes(IMAGE)));
  await image.tag({ repo: 'node/tagged', tag: 'v1' });
  assert.equal((await docker.listImages({ filters: { reference: ['node/tagged:v1'] } }))[0].Id, told.Id);
  assert.ok((await image.history()).length > 0);
  assert.deepEqual(await docker.getImage('node/tagged:v1').remove(), [{ Untagged: 'node/tagged:v1' }]);
  await assert.rejects(docker.getImage('node/tagged:v1').inspect(), refused(404));
});

test('images are saved, loaded and imported', async () => {
  await docker.getImage(IMAGE).tag({ repo: 'node/saved', tag: '1' });
  const whole = await buffer(await docker.getImage('node/saved:1').get());
  await docker.getImage('node/saved:1').remove();
  const lines = await progress(await docker.loadImage(Readable.from([whole])));
  assert.ok(lines.some((line) => line.stream === 'Loaded image: node/saved:1\n'), JSON.stringify(lines));
  const two = await members(await docker.getImages({ names: ['node/saved:1', IMAGE] }));
  const names = JSON.parse(two['manifest.json']).flatMap((one) => one.RepoTags);
  assert.deepEqual(names.sort(), [IMAGE, 'node/saved:1']);
  await docker.getImage('node/saved:1').remove();
  await progress(await docker.importImage(tarOf({ hello: 'there' }), { repo: 'node/imported', tag: '1' }));
  assert.equal((await docker.getImage('node/imported:1').inspect()).RepoTags[0], 'node/imported:1');
  await docker.getImage('node/imported:1').remove();
});

test('images are pushed and pulled, and progress is followed', async () => {
  const name = `${REGISTRY}/node/pushed`;
  await docker.getImage(IMAGE).tag({ repo: name, tag: '1' });
  const auth = { username: 'anyone', password: 'anything' };
  const pushed = await progress(await docker.getImage(name).push({ tag: '1', authconfig: auth }));
  assert.match(pushed.at(-1).aux.Digest, /^sha256:/);
  await docker.getImage(`${name}:1`).remove();
  const pulled = await progress(await docker.pull(`${name}:1`));
  assert.equal(pulled.at(-1).status, `Status: Downloaded newer image for ${name}:1`);
  const again = await progress(await docker.createImage(auth, { fromImage: name, tag: '1' }));
  assert.equal(again.at(-1).status, `Status: Image is up to date for ${name}:1`);
  await docker.getImage(`${name}:1`).remove();
  await assert.rejects(docker.pull(`${REGISTRY}/node/absent:none`), refused(404));
});

test('an image is built of a folder and of a tar', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dockerode-'));
  try {
    await writeFile(join(folder, 'Dockerfile'), `FROM ${IMAGE}\nARG who\nCOPY file /\nRUN echo $who >> /file\n`);
    await writeFile(join(folder, 'file'), 'of the folder\n');
    const built = await docker.buildImage(
      { context: folder, src: ['Dockerfile', 'file'] },
      { t: 'node/built', buildargs: { who: 'me' }, networkmode: 'none' },
    );
    const said = await progress(built);
    assert.equal(said.at(-1).stream, 'Successfully tagged node/built:latest\n');
    const out = new PassThrough();
    const printed = text(out);
    await docker.run('node/built', ['sh', '-c', `cat /file; ${LASTS}`], out, { HostConfig: { AutoRemove: true } });
    out.end();
    assert.equal((await printed).replaceAll('\r', ''), 'of the folder\nme\n');
  } finally {
    await rm(folder, { recursive: true });
  }
  const archive = tarOf({ 'other/Dockerfile': `FROM ${IMAGE}\nLABEL a=b\n` });
  await progress(await docker.buildImage(archive, { t: 'node/built', dockerfile: 'other/Dockerfile' }));
  assert.equal((await docker.getImage('node/built').inspect()).Config.Labels.a, 'b');
  await docker.getImage('node/built').remove();
});

test('a build that fails tells why', async () => {
  const failing = tarOf({ Dockerfile: `FROM ${IMAGE}\nRUN exit 3\n` });
  const said = await text(await docker.buildImage(failing, { networkmode: 'none' }));
  assert.deepEqual(JSON.parse(said.trim().split('\n').at(-1)).errorDetail, {
    code: 3,
    message: "The command '/bin/sh -c exit 3' returned a non-zero code: 3",
  });
  await assert.rejects(docker.buildImage(tarOf({ Dockerfile: 'NONE\n' }), {}), refused(400));
});

test('dangling images are pruned', async () => {
  for (const content of ['1', '2']) {
    await progress(await docker.importImage(tarOf({ content }), { repo: 'node/dangling', tag: '1' }));
  }
  const pruned = await docker.pruneImages({ filters: { dangling: { true: true } } });
  assert.ok(pruned.ImagesDeleted.some((one) => one.Deleted), JSON.stringify(pruned));
  await docker.getImage('node/dangling:1').remove();
});

test('events are streamed and filtered', async () => {
  const stream = await docker.getEvents({ filters: { type: ['container'], label: ['node-events=1'] } });
  const events = [];
  stream.on('data', (piece) => {
    String(piece).trim().split('\n').forEach((line) => events.push(JSON.parse(line)));
  });
  try {
    await started(['true'], { Labels: { 'node-events': '1' }, HostConfig: { AutoRemove: true } });
    await eventually('the last event', () => events.at(-1)?.Action === 'destroy');
  } finally {
    stream.destroy(); // an open one keeps the whole suite from its end
  }
  const actions = events.map((event) => event.Action).filter((action) => ['create', 'start', 'die', 'destroy'].includes(action));
  assert.deepEqual(actions, ['create', 'start', 'die', 'destroy']);
});

test('the system answers: ping, version, info, df, auth', async () => {
  assert.equal(String(await docker.ping()), 'OK');
  const version = await docker.version();
  assert.equal(version.Os, 'linux');
  const info = await docker.info();
  assert.equal(info.OSType, 'linux');
  assert.ok(info.Images > 0);
  const usage = await docker.df();
  assert.ok(usage.LayersSize > 0 && Array.isArray(usage.Containers));
  const answer = await docker.checkAuth({ username: 'anyone', password: 'anything', serveraddress: `http://${REGISTRY}` });
  assert.equal(answer.Status, 'Login Succeeded');
});

test('an older version of the API is spoken to whom asks for it', async () => {
  const old = new Docker({ version: 'v1.24' });
  assert.ok((await old.listImages()).length > 0);
  await assert.rejects(new Docker({ version: 'v9.9' }).info(), refused(400));
});
