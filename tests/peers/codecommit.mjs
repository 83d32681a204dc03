// Drives the AWS SDK for JavaScript against a stand-in CodeCommit and its STS.
//
// STANDIN_TOKEN and the others are the ids of access keys; their secrets are in the variable of the same name with _SECRET.

import {
  CodeCommitClient,
  CreateBranchCommand,
  CreatePullRequestCommand,
  DeleteBranchCommand,
  GetBranchCommand,
  GetPullRequestCommand,
  paginateListBranches,
  paginateListPullRequests,
  paginateListRepositories,
} from '@aws-sdk/client-codecommit';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

import { play, url, variable } from './story.mjs';

const repositoryName = 'widgets';

class Asker {
  constructor(accessKeyId, secretAccessKey) {
    const credentials = { accessKeyId, secretAccessKey };
    const asked = { region: 'us-east-1', endpoint: url, credentials, maxAttempts: 1 };
    this.codecommit = new CodeCommitClient(asked);
    this.sts = new STSClient(asked);
  }

  async whoami() {
    return (await this.sts.send(new GetCallerIdentityCommand({}))).Arn.split('/').at(-1);
  }

  async all(paginate, asked, items) {
    const seen = { items: [], pages: 0 };
    for await (const page of paginate({ client: this.codecommit }, asked)) {
      seen.items.push(...items(page));
      seen.pages += 1;
    }
    return seen;
  }

  repositories() {
    return this.all(paginateListRepositories, {}, (page) => page.repositories.map((one) => one.repositoryName));
  }

  branches() {
    return this.all(paginateListBranches, { repositoryName }, (page) => page.branches);
  }

  async tip(branchName) {
    return (await this.codecommit.send(new GetBranchCommand({ repositoryName, branchName }))).branch.commitId;
  }

  async createBranch(branchName, base) {
    const commitId = await this.tip(base);
    await this.codecommit.send(new CreateBranchCommand({ repositoryName, branchName, commitId }));
    return this.tip(branchName);
  }

  async createPullRequest(title, sourceReference, destinationReference) {
    const targets = [{ repositoryName, sourceReference, destinationReference }];
    const made = await this.codecommit.send(new CreatePullRequestCommand({ title, targets }));
    return made.pullRequest.pullRequestId;
  }

  async pullRequests(source, destination) {
    const asked = { repositoryName, pullRequestStatus: 'OPEN' };
    const { items } = await this.all(paginateListPullRequests, asked, (page) => page.pullRequestIds);
    const found = [];
    for (const pullRequestId of items) {
      const { pullRequest } = await this.codecommit.send(new GetPullRequestCommand({ pullRequestId }));
      const [target] = pullRequest.pullRequestTargets;
      const wanted = [`refs/heads/${source}`, `refs/heads/${destination}`];
      if (wanted[0] === target.sourceReference && wanted[1] === target.destinationReference) found.push(pullRequestId);
    }
    return found;
  }

  async deleteBranch(branchName) {
    await this.codecommit.send(new DeleteBranchCommand({ repositoryName, branchName }));
  }
}

const error = (name, status = 400) => (told) => told.name === name && told.$metadata.httpStatusCode === status;

await play({
  name: '@aws-sdk/client-codecommit',
  repository: repositoryName,
  connect: (name) =>
    name ? new Asker(variable(name), variable(`${name}_SECRET`)) : new Asker('AKIANOBODYNOBODY0001', 'x'.repeat(40)),
  says: {
    branchExists: error('BranchNameExistsException'),
    // CodeCommit makes another one.
    pullRequestExists: null,
    titleTooLong: error('InvalidTitleException'),
    unknownToken: error('InvalidClientTokenId', 403),
    mayNotPush: error('AccessDeniedException'),
    limited: error('Throttling'),
  },
});
