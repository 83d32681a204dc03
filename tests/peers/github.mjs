// Drives `@octokit/rest` against a stand-in GitHub.

import { Octokit } from '@octokit/rest';

import { play, url, variable } from './story.mjs';

const at = { owner: 'acme', repo: 'widgets' };
const PAGES_OF_TWO = { per_page: 2 };

class Asker {
  constructor(token) {
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    this.octokit = new Octokit({ auth: token, baseUrl: url, log: silent });
  }

  async whoami() {
    return (await this.octokit.rest.users.getAuthenticated()).data.login;
  }

  async all(route, parameters, name) {
    const seen = { items: [], pages: 0 };
    for await (const page of this.octokit.paginate.iterator(route, { ...parameters, ...PAGES_OF_TWO })) {
      seen.items.push(...page.data.map(name));
      seen.pages += 1;
    }
    return seen;
  }

  repositories() {
    return this.all(this.octokit.rest.repos.listForAuthenticatedUser, {}, (one) => one.full_name);
  }

  async search(word) {
    const q = `${word} in:name user:acme`;
    return (await this.all(this.octokit.rest.search.repos, { q }, (one) => one.full_name)).items;
  }

  branches() {
    return this.all(this.octokit.rest.repos.listBranches, at, (one) => one.name);
  }

  async tip(branch) {
    return (await this.octokit.rest.git.getRef({ ...at, ref: `heads/${branch}` })).data.object.sha;
  }

  async createBranch(name, base) {
    const sha = await this.tip(base);
    const made = await this.octokit.rest.git.createRef({ ...at, ref: `refs/heads/${name}`, sha });
    return made.data.object.sha;
  }

  async createPullRequest(title, head, base) {
    return (await this.octokit.rest.pulls.create({ ...at, title, head, base })).data.number;
  }

  async pullRequests(head, base) {
    const asked = { ...at, state: 'open', head: `acme:${head}`, base };
    return (await this.all(this.octokit.rest.pulls.list, asked, (one) => one.number)).items;
  }

  async deleteBranch(name) {
    await this.octokit.rest.git.deleteRef({ ...at, ref: `heads/${name}` });
  }
}

const error = (status, words) => (told) => told.status === status && told.message.includes(words);

await play({
  name: '@octokit/rest',
  repository: 'acme/widgets',
  connect: (name) => new Asker(name ? variable(name) : 'ghp_nobodysTokenNobodysTokenNobodysToken01'),
  says: {
    branchExists: error(422, 'Reference already exists'),
    pullRequestExists: error(422, 'A pull request already exists for acme:'),
    titleTooLong: error(422, 'title is too long (maximum is 256 characters)'),
    unknownToken: error(401, 'Bad credentials'),
    mayNotPush: error(404, 'Not Found'),
    limited: (told) => told.status === 403 && told.response.headers['x-ratelimit-remaining'] === '0',
  },
});
