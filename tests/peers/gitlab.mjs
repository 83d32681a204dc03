// Drives `@gitbeaker/rest` against a stand-in GitLab.

import { Gitlab } from '@gitbeaker/rest';

import { play, url, variable } from './story.mjs';

const PROJECT = 'acme/widgets';

class Asker {
  constructor(token) {
    this.gitlab = new Gitlab({ host: url, token });
  }

  async whoami() {
    return (await this.gitlab.Users.showCurrentUser()).username;
  }

  /** Page by page, as the answer's headers tell. */
  async all(ask, name) {
    const seen = { items: [], pages: 0 };
    for (let page = 1; page; seen.pages += 1) {
      const { data, paginationInfo } = await ask({ page, perPage: 2, showExpanded: true, maxPages: 1 });
      seen.items.push(...data.map(name));
      page = paginationInfo.next;
    }
    return seen;
  }

  repositories() {
    const ask = (paged) => this.gitlab.Projects.all({ membership: true, ...paged });
    return this.all(ask, (one) => one.path_with_namespace);
  }

  async search(search) {
    const found = await this.gitlab.Projects.all({ membership: true, search });
    return found.map((one) => one.path_with_namespace);
  }

  branches() {
    return this.all((paged) => this.gitlab.Branches.all(PROJECT, paged), (one) => one.name);
  }

  async tip(branch) {
    return (await this.gitlab.Branches.show(PROJECT, branch)).commit.id;
  }

  async createBranch(name, base) {
    return (await this.gitlab.Branches.create(PROJECT, name, base)).commit.id;
  }

  async createPullRequest(title, source, target) {
    return (await this.gitlab.MergeRequests.create(PROJECT, source, target, title)).iid;
  }

  async pullRequests(sourceBranch, targetBranch) {
    const asked = { projectId: PROJECT, state: 'opened', sourceBranch, targetBranch };
    return (await this.gitlab.MergeRequests.all(asked)).map((one) => one.iid);
  }

  async deleteBranch(name) {
    await this.gitlab.Branches.remove(PROJECT, name);
  }
}

const error = (status, words) => (told) =>
  told.cause?.response?.status === status && JSON.stringify(told.cause.description).includes(words);

await play({
  name: '@gitbeaker/rest',
  repository: PROJECT,
  connect: (name) => new Asker(name ? variable(name) : 'glpat-nobody'),
  says: {
    branchExists: error(400, 'Branch already exists'),
    pullRequestExists: error(409, 'Another open merge request already exists'),
    titleTooLong: error(400, 'is too long (maximum is 255 characters)'),
    unknownToken: error(401, '401 Unauthorized'),
    mayNotPush: error(403, '403 Forbidden'),
    // Waited for by the client itself: the limit is set for one request.
    limited: null,
  },
});
