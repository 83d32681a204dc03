// Drives `azure-devops-node-api` against a stand-in Azure DevOps.
//
// STANDIN_URL is the collection: https://127.0.0.1:7703/acme.

import azure from 'azure-devops-node-api';
import { PullRequestStatus } from 'azure-devops-node-api/interfaces/GitInterfaces.js';

import { play, url, variable } from './story.mjs';

const PROJECT = 'Platform';
const REPOSITORY = 'widgets';
const NO_OBJECT = '0'.repeat(40);

class Asker {
  static async connect(token) {
    const connection = new azure.WebApi(url, azure.getPersonalAccessTokenHandler(token));
    const asker = new Asker();
    asker.connection = connection;
    asker.git = await connection.getGitApi();
    asker.core = await connection.getCoreApi();
    return asker;
  }

  // This list has no pages.
  branchPages = 1;

  async whoami() {
    return (await this.connection.connect()).authenticatedUser.providerDisplayName;
  }

  /** By number: the client keeps the token of the next page to itself. */
  async repositories() {
    const seen = { items: [], pages: 0 };
    for (;;) {
      const projects = await this.core.getProjects(undefined, 1, seen.pages);
      if (projects.length === 0) return seen;
      for (const project of projects) {
        const found = await this.git.getRepositories(project.name);
        seen.items.push(...found.map((one) => `${project.name}/${one.name}`));
      }
      seen.pages += 1;
    }
  }

  async branches() {
    const found = await this.git.getBranches(REPOSITORY, PROJECT);
    return { items: found.map((one) => one.name), pages: 1 };
  }

  async tip(branch) {
    const found = await this.git.getRefs(REPOSITORY, PROJECT, `heads/${branch}`);
    return found.find((one) => one.name === `refs/heads/${branch}`).objectId;
  }

  /** A refused change is an answer like any other. */
  async update(name, oldObjectId, newObjectId) {
    const [made] = await this.git.updateRefs([{ name: `refs/heads/${name}`, oldObjectId, newObjectId }], REPOSITORY, PROJECT);
    if (!made.success) throw new Error(`status ${made.updateStatus}: ${made.customMessage}`);
    return made.newObjectId;
  }

  async createBranch(name, base) {
    return this.update(name, NO_OBJECT, await this.tip(base));
  }

  async createPullRequest(title, source, target) {
    const asked = { title, sourceRefName: `refs/heads/${source}`, targetRefName: `refs/heads/${target}` };
    return (await this.git.createPullRequest(asked, REPOSITORY, PROJECT)).pullRequestId;
  }

  async pullRequests(source, target) {
    const criteria = {
      status: PullRequestStatus.Active,
      sourceRefName: `refs/heads/${source}`,
      targetRefName: `refs/heads/${target}`,
    };
    const listed = await this.git.getPullRequests(REPOSITORY, criteria, PROJECT);
    return listed.filter((one) => one.status === PullRequestStatus.Active).map((one) => one.pullRequestId);
  }

  async deleteBranch(name) {
    await this.update(name, await this.tip(name), NO_OBJECT);
  }
}

const error = (status, words) => (told) => told.statusCode === status && told.message.includes(words);
// `GitRefUpdateStatus`
const STALE_OLD_OBJECT_ID = 2;
const CREATE_BRANCH_PERMISSION_REQUIRED = 8;

await play({
  name: 'azure-devops-node-api',
  repository: `${PROJECT}/${REPOSITORY}`,
  connect: (name) => Asker.connect(name ? variable(name) : 'nobodys'),
  says: {
    branchExists: (told) => told.message.startsWith(`status ${STALE_OLD_OBJECT_ID}:`),
    pullRequestExists: error(409, 'TF401179'),
    titleTooLong: error(400, 'must not be longer than 400 characters'),
    unknownToken: (told) => [401, 203].includes(told.statusCode),
    mayNotPush: (told) => told.message.startsWith(`status ${CREATE_BRANCH_PERMISSION_REQUIRED}:`),
    limited: error(429, 'Request was blocked'),
  },
});
