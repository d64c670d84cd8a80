// One scenario with the official JavaScript client, by name: `node client.mjs signs_up`.
//
// The stack's state line is in STACK. What a scenario returns is printed as one line of JSON; a scenario
// that fails ends the process with its stack trace. Not here: realtime, storage, functions.

import assert from "node:assert/strict";
import { randomUUID, webcrypto } from "node:crypto";

// Older releases of Node, as distributions have them, lack both. Nothing listens for the first.
globalThis.WebSocket ??= class {};
globalThis.crypto ??= webcrypto;

const { createClient } = await import("@supabase/supabase-js");
const { createBrowserClient } = await import("@supabase/ssr");

const stack = JSON.parse(process.env.STACK);
const password = "correct horse 7";

const newAddress = () => `js-${randomUUID()}@example.com`;

/** A client of its own: nothing is shared but the server. */
function client(options = {}) {
  const auth = { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false, ...options };
  return createClient(stack.supabase_url, stack.anon_key, { auth });
}

/** What a call gives; its error is the scenario's. */
async function fine(call) {
  const { data, error } = await call;
  assert.equal(error, null, error?.message);
  return data;
}

/** The code of the error that a call ends in. */
async function refused(call) {
  const { error } = await call;
  assert.ok(error, "it was not refused");
  return error.code;
}

/** The code of the newest mail to this address. */
async function code(email) {
  const response = await fetch(`${stack.mail_url}.json?to=${encodeURIComponent(email)}`);
  return (await response.json())[0].code;
}

/** A client whose person has a confirmed account and is signed in. */
async function signedIn(email = newAddress(), data = {}) {
  const supabase = client();
  await fine(supabase.auth.signUp({ email, password, options: { data } }));
  const verified = await fine(supabase.auth.verifyOtp({ email, token: await code(email), type: "signup" }));
  return { supabase, email, session: verified.session };
}

const scenarios = {
  async signs_up() {
    const [supabase, email] = [client(), newAddress()];
    const asked = await fine(supabase.auth.signUp({ email, password }));
    assert.equal(asked.session, null);
    assert.equal(asked.user.identities.length, 1);
    assert.equal(await refused(supabase.auth.signInWithPassword({ email, password })), "email_not_confirmed");
    assert.equal(
      await refused(supabase.auth.verifyOtp({ email, token: "000000x", type: "signup" })),
      "otp_expired",
    );
    await fine(supabase.auth.verifyOtp({ email, token: await code(email), type: "signup" }));
    const { user } = await fine(supabase.auth.getUser());
    assert.equal(user.email, email);
    const again = await fine(client().auth.signUp({ email, password }));
    assert.deepEqual(again.user.identities, [], "a taken address is known by this");
  },

  async signs_in_and_out() {
    const { email } = await signedIn();
    const supabase = client();
    assert.equal(
      await refused(supabase.auth.signInWithPassword({ email, password: "wrong" })),
      "invalid_credentials",
    );
    const { session } = await fine(supabase.auth.signInWithPassword({ email, password }));
    await fine(supabase.auth.updateUser({ data: { name: "Ада 🌱" } }));
    assert.equal((await fine(supabase.auth.getUser())).user.user_metadata.name, "Ада 🌱");
    assert.equal((await supabase.auth.signOut({ scope: "local" })).error, null);
    const { error } = await client().auth.getUser(session.access_token);
    assert.equal(error.name, "AuthSessionMissingError", error.message);
  },

  async refreshes() {
    const { supabase, session } = await signedIn();
    const second = (await fine(supabase.auth.refreshSession())).session;
    assert.notEqual(second.refresh_token, session.refresh_token);
    const lost = (await fine(client().auth.refreshSession(session))).session;
    assert.equal(lost.refresh_token, second.refresh_token, "the parent of the active one gives it again");
    const third = (await fine(supabase.auth.refreshSession())).session;
    assert.equal((await fine(supabase.auth.getUser(third.access_token))).user.id, session.user.id);
    const unknown = { refresh_token: "aaaaaaaaaaaa" };
    assert.equal(await refused(client().auth.refreshSession(unknown)), "refresh_token_not_found");
  },

  async signs_in_by_code() {
    const [supabase, email] = [client(), newAddress()];
    const options = { shouldCreateUser: false };
    assert.equal(await refused(supabase.auth.signInWithOtp({ email, options })), "otp_disabled");
    await fine(supabase.auth.signInWithOtp({ email }));
    const { error } = await supabase.auth.signInWithOtp({ email });
    assert.deepEqual([error.status, error.code], [429, "over_email_send_rate_limit"]);
    assert.match(error.message, /after \d+ seconds/);
    const { session } = await fine(
      supabase.auth.verifyOtp({ email, token: await code(email), type: "email" }),
    );
    assert.equal(session.user.email, email);
  },

  async recovers() {
    const { email } = await signedIn();
    const supabase = client();
    await fine(supabase.auth.resetPasswordForEmail(email));
    await fine(supabase.auth.verifyOtp({ email, token: await code(email), type: "recovery" }));
    assert.equal(await refused(supabase.auth.updateUser({ password })), "same_password");
    const { error } = await supabase.auth.updateUser({ password: "short" });
    assert.deepEqual([error.name, error.reasons], ["AuthWeakPasswordError", ["length"]]);
    await fine(supabase.auth.updateUser({ password: "battery staple 9" }));
    await fine(client().auth.signInWithPassword({ email, password: "battery staple 9" }));
  },

  async signs_in_at_a_provider() {
    const kept = new Map();
    const storage = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
    const supabase = client({ flowType: "pkce", persistSession: true, storage });
    const options = { redirectTo: "http://127.0.0.1:41234/callback", skipBrowserRedirect: true };
    const { url } = await fine(supabase.auth.signInWithOAuth({ provider: "github", options }));
    const home = await allow(url, newAddress());
    const { session } = await fine(supabase.auth.exchangeCodeForSession(home.searchParams.get("code")));
    assert.equal(session.user.app_metadata.provider, "github");
  },

  async selects_and_updates_what_it_may() {
    const [one, two] = [await signedIn(), await signedIn()];
    const quota = await fine(one.supabase.from("users_quota").select("user_id, llm_executions_limit").single());
    assert.deepEqual(quota, { user_id: one.session.user.id, llm_executions_limit: 100 });
    const others = one.supabase.from("users_quota").select().eq("user_id", two.session.user.id);
    assert.deepEqual(await fine(others), []);
    assert.equal(await fine(others.maybeSingle()), null);
    const mine = { user_id: one.session.user.id };
    const raise = one.supabase.from("users_quota").update({ llm_executions_limit: 9999 }).match(mine);
    assert.equal(await refused(raise), "42501");

    const note = await fine(one.supabase.from("notes").insert({ text: "first" }).select().single());
    const changed = one.supabase.from("notes").update({ text: "it's second, & last" }).eq("id", note.id);
    assert.deepEqual(await fine(changed.select()), [{ ...note, text: "it's second, & last" }]);
    const foreign = two.supabase.from("notes").update({ text: "mine" }).eq("id", note.id).select();
    assert.deepEqual(await fine(foreign), []);
    assert.equal((await fine(one.supabase.from("notes").select("text").single())).text, "it's second, & last");
  },

  async verifies_a_token_by_the_published_keys() {
    const { supabase, session } = await signedIn();
    const { claims, header } = await fine(supabase.auth.getClaims(session.access_token));
    assert.deepEqual([header.alg, claims.sub, claims.aal], ["ES256", session.user.id, "aal1"]);
    assert.deepEqual(claims.amr.map((entry) => entry.method), ["otp"]);
  },

  /** The `Cookie` headers that a browser sends for a short, a long and a very long session. */
  async writes_cookies() {
    const headers = [];
    for (const name of ["Ада 🌱", "é".repeat(500), "字🌱".repeat(400)]) {
      const { email } = await signedIn(newAddress(), { name });
      headers.push(await cookieHeader(email, headers.length === 0));
    }
    return headers;
  },
};

/** Goes where a browser goes, allows it, and ends where it ends. */
async function allow(url, email) {
  const next = async (from, init = {}) => {
    const response = await fetch(from, { redirect: "manual", ...init });
    return new URL(response.headers.get("location"), from);
  };
  const page = await next(url);
  const body = new URLSearchParams({ state: page.searchParams.get("state"), email, decision: "allow" });
  return next(await next(page, { method: "POST", body: body.toString() }));
}

/** Signs in with the library for browsers, which writes into `document.cookie`. */
async function cookieHeader(email, withoutUser) {
  const jar = new Map();
  const document = {
    get cookie() {
      return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    },
    set cookie(text) {
      const [pair, ...attributes] = text.split("; ");
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) jar.delete(name);
      else jar.set(name, value);
    },
    addEventListener() {},
    visibilityState: "hidden",
  };
  globalThis.document = document;
  globalThis.window = { document, location: { href: "http://localhost/" }, addEventListener() {} };
  try {
    const cookies = withoutUser ? { encode: "tokens-only" } : undefined;
    const supabase = createBrowserClient(stack.supabase_url, stack.anon_key, {
      isSingleton: false,
      cookies,
      auth: { autoRefreshToken: false, ...(withoutUser ? { userStorage: memory() } : {}) },
    });
    await fine(supabase.auth.signInWithPassword({ email, password }));
    return document.cookie;
  } finally {
    delete globalThis.document;
    delete globalThis.window;
  }
}

function memory() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

const scenario = scenarios[process.argv[2]];
assert.ok(scenario, `there is no scenario ${process.argv[2]}`);
console.log(JSON.stringify((await scenario()) ?? null));
process.exit(0);
