// Watches the page for the bench: how many messages come, when the last word is there, how long tasks take.
window.bench = {};
const bench = window.bench, done = arguments[0];
const now = () => performance.timeOrigin + performance.now();
const tauri = window.__TAURI_INTERNALS__;
const answers = document.getElementsByClassName('answer');

// What was answered before is no answer to what is asked next. `shown` comes true with the last word.
bench.reset = () => {
    Object.assign(bench, {messages: 0, drawings: 0, done: 0, first: 0, longest: 0, before: answers.length});
    bench.shown = new Promise(tell => { bench.tell = tell; });
};
bench.reset();

// The block that is written on, in its part of the answer.
const last_block = () => {
    const last = answers[answers.length - 1]?.lastElementChild;
    return last?.className === 'part' ? last.lastElementChild : last;
};

new MutationObserver(() => {
    if (bench.done || answers.length <= bench.before) return;
    const last = last_block();
    if (!last || last.className === 'waiting') return;
    bench.drawings += 1;
    // How a question is put to the page is not what is measured.
    if (!bench.first) Object.assign(bench, {first: now(), longest: 0});
    // Only the last block is looked at: to read all of the text would be to measure the reading.
    if (last.textContent.endsWith('THE-END')) {
        bench.done = now();
        bench.tell(true);
    }
}).observe(document.body, {subtree: true, childList: true, characterData: true});

// What is there instead of the last word.
bench.state = () => {
    const run = [...document.querySelectorAll('.run')].pop();
    return {before: bench.before, answers: answers.length, first: bench.first, run: run?.outerHTML.slice(-2000)};
};

// A timer that is due and does not run waits for a task. It uses up processor time, so that is measured without it.
bench.probe = () => {
    bench.probes = true;
    let before = performance.now();
    const look = () => {
        const after = performance.now();
        bench.longest = Math.max(bench.longest, after - before);
        before = after;
        if (bench.probes) setTimeout(look, 4);
    };
    setTimeout(look, 4);
};

// The same text again, from nothing to a frame that shows it.
bench.paint = () => new Promise(painted => {
    const shown = answers[answers.length - 1];
    const copy = shown.cloneNode(true);
    shown.remove();
    requestAnimationFrame(() => {
        const before = performance.now();
        document.querySelector('.run:last-of-type').append(copy);
        document.querySelector('.page').scrollTop = 1e9;
        requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => painted(performance.now() - before);
            channel.port2.postMessage(0);
        });
    });
});

// Ten questions one after the other: the clock of a page ticks in milliseconds.
bench.round_trip = async () => {
    const before = performance.now();
    for (let count = 0; count < 10; count++) await tauri.invoke('get_preferences', {request: {}});
    return (performance.now() - before) / 10;
};

const hear = tauri.transformCallback(() => { bench.messages += 1; });
tauri.invoke('plugin:event|listen', {event: 'run', target: {kind: 'Any'}, handler: hear}).then(() => done(true), done);
