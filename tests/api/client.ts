// The generated TypeScript client, driven against a daemon: lists integrations, saves a PAT, creates a branch.
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const env = JSON.parse(readFileSync(process.env.API_CHECK_ENV!, "utf8"));
const [integration] = env.integrations;
const [user] = Object.keys(integration.user_credentials);
const tokens = process.argv.slice(2);
const client = () =>
  createClient<paths>({ baseUrl: env.api, headers: { Authorization: `Bearer ${tokens.pop()}` } });

function expect<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const listed = expect(await client().GET("/integrations", { params: { query: { project: env.project } } }));
if (!listed.integrations.some((one) => one.id === integration.id)) throw new Error("the integration is not listed");
const saved = expect(
  await client().PUT("/integrations/{id}/pat", {
    params: { path: { id: integration.id } },
    body: { fields: integration.user_credentials[user].fields, project: env.project },
  }),
);
if (saved.state !== "valid") throw new Error(saved.state);
const made = expect(
  await client().POST("/integrations/{id}/repositories/{repo}/branches", {
    params: { path: { id: integration.id, repo: integration.repository } },
    body: { name: "feature/ABC-1-typescript", from: integration.default_branch, project: env.project },
  }),
);
if (made.receipt.acted_as !== "user") throw new Error(made.receipt.acted_as);
console.log("the TypeScript client: 3 steps passed");
