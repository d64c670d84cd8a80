// Watches the page for the bench: how many messages come, when the last word is there, how long tasks take.
window.bench = {messages: 0, done: 0, first: 0, longest: 0, before: 0, probing: false};
const bench = window.bench, done = arguments[0];
const now = () => performance.timeOrigin + performance.now();
const tauri = window.__TAURI_INTERNALS__;

// What was answered before is no answer to what is asked next.
bench.reset = () => Object.assign(bench, {messages: 0, done: 0, first: 0, longest: 0, before: document.getElementsByClassName('answer').length});

new MutationObserver(() => {
    if (bench.done) return;
    const answers = document.getElementsByClassName('answer');
    const last = answers[answers.length - 1]?.lastElementChild;
    if (answers.length <= bench.before || !last || last.className === 'waiting') return;
    bench.first ||= now();
    // Only the last block is looked at: to read all of the text would be to measure the reading.
    if (last.textContent.endsWith('THE-END')) bench.done = now();
}).observe(document.body, {subtree: true, childList: true, characterData: true});

// A timer that is due and does not run waits for a task.
bench.probe = () => {
    let before = performance.now();
    bench.probing = true;
    const look = () => {
        const after = performance.now();
        bench.longest = Math.max(bench.longest, after - before);
        before = after;
        if (bench.probing) setTimeout(look, 4);
    };
    setTimeout(look, 4);
};

// The same text again, from nothing to a frame that shows it.
bench.paint = () => new Promise(painted => {
    const answers = document.getElementsByClassName('answer'), shown = answers[answers.length - 1];
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
