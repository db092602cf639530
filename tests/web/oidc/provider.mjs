// A provider of single sign-on for the tests: node provider.mjs FOLDER. FOLDER/said.json says what it is like, and is read anew
// whenever POST /control asks for it. Prints its port.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const file = `${process.argv[2]}/said.json`;
const clock = Date.now;
let said;
let issuer;
let handle;

function key() {
  const jwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  return { ...jwk, kid: randomUUID(), alg: "RS256", use: "sig" };
}

function make() {
  const provider = new Provider(issuer, {
    clients: said.clients,
    jwks: { keys: [key()] },
    cookies: { keys: ["a key of the tests"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    conformIdTokenClaims: said.claims_by_userinfo,
    scopes: ["openid", "email", "profile"],
    findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, ...said.people[id] }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  handle = provider.callback();
}

function take() {
  said = JSON.parse(readFileSync(file, "utf8"));
  Date.now = () => clock() + said.skew * 1000;
  if (!handle || said.rotate) make();
}

const server = createServer((request, response) => {
  if (request.url !== "/control") return handle(request, response);
  take();
  response.end("ok");
});
server.listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  take();
  console.log(server.address().port);
});
process.stdin.on("end", () => process.exit(0)).resume(); // whoever started it has gone
