// The one story that every client in JavaScript plays against the stand-in of its vendor, and how its steps are told.
//
// A client's own script says how that client asks, and how it hears a no. Environment: STANDIN_URL (over TLS; the authority to
// trust is in NODE_EXTRA_CA_CERTS), STANDIN_TOKEN of alice, who may push to widgets, STANDIN_READER_TOKEN of bob, who may only
// read them, and STANDIN_LIMITED_TOKEN, whose limit is used up. A key of several parts has a variable for each. Needs pages of two.

const BRANCH = 'ABC-1/log-in-größe';

let passed = 0;

export const url = variable('STANDIN_URL');

export function variable(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** Counts a step that holds; ends the process at one that does not. */
export function step(what, holds, seen = '') {
  if (!holds) {
    console.log(`FAILED ${what} ${seen}`);
    process.exit(1);
  }
  passed += 1;
  console.log(`ok ${what}`);
}

/** What a call is refused with. */
async function refusal(call) {
  try {
    return { answered: await call() };
  } catch (error) {
    return { error };
  }
}

/**
 * Plays the story.
 *
 * `connect` makes an asker of the name of a variable with a token, or of nothing for a token nobody knows. `says` has, for each
 * refusal, whether an error is the one: branchExists, pullRequestExists, unknownToken, mayNotPush, limited. One that is null is
 * no error to this client or its vendor, and the call goes through.
 */
export async function play({ name, login = 'alice', repository, connect, says }) {
  console.log(`${name} against ${url}`);
  const refused = async (what, is, call) => {
    const { error, answered } = await refusal(call);
    if (is === null) return step(`${what}: none for this one`, error === undefined, error?.stack);
    step(what, error !== undefined && is(error), error?.stack ?? `answered ${JSON.stringify(answered)}`);
  };
  const alice = await connect('STANDIN_TOKEN');
  const branches = async () => (await alice.branches()).items.toSorted();
  const is = (seen, ...wanted) => [JSON.stringify(seen) === JSON.stringify(wanted), JSON.stringify(seen)];

  const who = await alice.whoami();
  step('whoami', who === login, who);
  const all = await alice.repositories();
  step('repositories, page by page', all.items.includes(repository) && all.pages > 1, JSON.stringify(all));
  if (alice.search) {
    const found = await alice.search('widg');
    step('repositories, searched', ...is(found, repository));
  }
  step('branches', ...is(await branches(), 'develop', 'main'));

  const tip = await alice.createBranch(BRANCH, 'develop');
  step('create a branch', tip === (await alice.tip('develop')), tip);
  const listed = await alice.branches();
  step('branches, page by page', ...is(listed.items.toSorted(), BRANCH, 'develop', 'main'));
  step('as many pages as this list has', listed.pages === (alice.branchPages ?? 2), String(listed.pages));
  await refused('a branch that exists', says.branchExists, () => alice.createBranch(BRANCH, 'develop'));

  await refused('a title that is too long', says.titleTooLong, () =>
    alice.createPullRequest('x'.repeat(401), BRANCH, 'main'),
  );
  const number = await alice.createPullRequest('ABC-1 Log in', BRANCH, 'main');
  step('open a pull request', Boolean(number), String(number));
  const open = await alice.pullRequests(BRANCH, 'main');
  step('see it in the list', ...is(open, number));
  await refused('a pull request that exists', says.pullRequestExists, () =>
    alice.createPullRequest('ABC-1 Log in', BRANCH, 'main'),
  );

  await refused('a token nobody knows', says.unknownToken, async () => (await connect()).whoami());
  const bob = await connect('STANDIN_READER_TOKEN');
  await refused('somebody who may only read', says.mayNotPush, () => bob.createBranch('bobs', 'main'));
  await refused('a limit that is used up', says.limited, async () =>
    (await connect('STANDIN_LIMITED_TOKEN')).whoami(),
  );

  await alice.deleteBranch(BRANCH);
  step('delete the branch', ...is(await branches(), 'develop', 'main'));
  console.log(`${passed} passed, 0 failed`);
}
