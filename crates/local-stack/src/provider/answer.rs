//! Makes up an answer from a prompt: always the same, in the prompt's language, in Markdown.
//!
//! It has to look like an answer, not be one.

/// An answer, cut as a model would send it.
pub(super) struct Answer {
    pub(super) reasoning: Vec<String>,
    pub(super) content: Vec<String>,
}

/// The longest part of a prompt that an answer repeats, in characters.
const QUOTED: usize = 60;

/// Letters of a delta in Chinese, words of one in English.
const LETTERS: usize = 3;
const WORDS: usize = 2;

impl Answer {
    /// The answer to `prompt`, of at least `least_deltas` deltas.
    pub(super) fn to(prompt: &str, least_deltas: usize) -> Answer {
        let is_chinese = prompt.chars().any(is_cjk);
        let seed = seed(prompt);
        let topic = topic(prompt);
        let reasoning = deltas(&pick(if is_chinese { &REASONING_ZH } else { &REASONING_EN }, seed, &topic));
        let mut text = sections(is_chinese, seed, &topic);
        let mut content = deltas(&text);
        let more = if is_chinese { &PARAGRAPHS_ZH } else { &PARAGRAPHS_EN };
        let mut round = 0;
        while reasoning.len() + content.len() < least_deltas {
            text = format!("{text}\n\n{}", pick(more, seed + round, &topic));
            content = deltas(&text);
            round += 1;
        }
        Answer { reasoning, content }
    }

    /// This text, said without a thought.
    pub(super) fn of(text: &str) -> Answer {
        Answer { reasoning: Vec::new(), content: deltas(text) }
    }

    /// This JSON, said without a thought, in at least `least_deltas` deltas: what is missing is space at its end.
    pub(super) fn json(text: &str, least_deltas: usize) -> Answer {
        let Answer { reasoning, mut content } = Answer::of(text);
        content.resize(content.len().max(least_deltas), " ".to_owned());
        Answer { reasoning, content }
    }
}

fn sections(is_chinese: bool, seed: usize, topic: &str) -> String {
    let (openings, middles, endings) = if is_chinese {
        (&OPENINGS_ZH, &MIDDLES_ZH, &ENDINGS_ZH)
    } else {
        (&OPENINGS_EN, &MIDDLES_EN, &ENDINGS_EN)
    };
    // Different digits of the seed, so that the parts vary independently.
    let parts = [pick(openings, seed, topic), pick(middles, seed / 3, topic), pick(endings, seed / 9, topic)];
    parts.join("\n\n")
}

fn pick(texts: &[&str; 3], number: usize, topic: &str) -> String {
    texts[number % texts.len()].replace("{topic}", topic)
}

/// The first line of the prompt, shortened.
pub(super) fn topic(prompt: &str) -> String {
    let is_chinese = prompt.chars().any(is_cjk);
    let line = prompt.trim().lines().next().unwrap_or_default();
    let line = line.trim_end_matches(['.', '?', '!', '。', '？', '！']);
    match line.chars().count() {
        0 if is_chinese => "这个问题".to_owned(),
        0 => "your request".to_owned(),
        length if length > QUOTED => line.chars().take(QUOTED).chain(['…']).collect(),
        _ => line.to_owned(),
    }
}

/// FNV-1a: the standard library's hash may differ from one Rust to the next.
fn seed(text: &str) -> usize {
    let hash =
        text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 8) as usize
}

fn is_cjk(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// A few words, or a few letters where words have no spaces. Joined they are the text again.
fn deltas(text: &str) -> Vec<String> {
    let mut deltas = vec![String::new()];
    let (mut letters, mut words) = (0, 0);
    for letter in text.chars() {
        if letters >= LETTERS || words >= WORDS {
            deltas.push(String::new());
            (letters, words) = (0, 0);
        }
        if let Some(last) = deltas.last_mut() {
            last.push(letter);
        }
        letters += usize::from(is_cjk(letter));
        words += usize::from(letter.is_whitespace());
    }
    deltas
}

const REASONING_EN: [&str; 3] = [
    "The question is about “{topic}”. A short list will serve better than prose.",
    "First what is known about “{topic}”, then what follows from it.",
    "“{topic}” can be read in two ways; the practical one is more likely meant.",
];
const OPENINGS_EN: [&str; 3] = [
    "Here is a short answer to **{topic}**.",
    "On **{topic}**, three things matter most.",
    "Let us take **{topic}** step by step.",
];
const MIDDLES_EN: [&str; 3] = [
    "- **Start small.** Do the part whose result you can check today.\n- **Measure.** Write one number down before you change anything.\n- **Keep what works.** Undo the rest without regret.",
    "1. Say in one sentence what should be different afterwards.\n2. List what you would need for that, and cross out half.\n3. Do the first line, look at the result, and decide again.",
    "A sketch of it:\n\n```python\ndef next_step(steps):\n    done = [step for step in steps if step.checked]\n    return steps[len(done)] if len(done) < len(steps) else None\n```\n\nIt stops by itself when nothing is left.",
];
const ENDINGS_EN: [&str; 3] = [
    "If you tell me more about your case, I can be more exact.",
    "That is enough for a first try; the details depend on your numbers.",
    "The second point is the one that most people skip.",
];
const PARAGRAPHS_EN: [&str; 3] = [
    "It helps to see where the time goes. Most of it is spent between the steps and not in them, so look at the hand-overs first: who waits, for what, and how would they know that it is there?",
    "A second look at {topic} shows what the first one hides. What seems to be one decision is often two, and they need not be made on the same day or by the same person.",
    "Write the result down in a place where you will find it again. A note of three lines, with the date and the number that you measured, is worth more than a report that nobody opens.",
];
const REASONING_ZH: [&str; 3] = [
    "用户问的是“{topic}”，用简短的列表回答比较清楚。",
    "先整理与“{topic}”有关的已知信息，再给出结论。",
    "“{topic}”有两种理解，这里按更实用的一种来回答。",
];
const OPENINGS_ZH: [&str; 3] =
    ["关于**{topic}**，简要回答如下。", "说到**{topic}**，有三点最重要。", "我们一步一步来看**{topic}**。"];
const MIDDLES_ZH: [&str; 3] = [
    "- **从小处开始**：先做今天就能检验结果的部分。\n- **先测量**：改动之前记下一个数字。\n- **保留有效的**：其余的放心撤回。",
    "1. 用一句话说清楚，完成之后会有什么不同。\n2. 列出为此需要的东西，再划掉一半。\n3. 先做第一条，看结果，再决定下一步。",
    "可以这样写：\n\n```python\ndef next_step(steps):\n    done = [step for step in steps if step.checked]\n    return steps[len(done)] if len(done) < len(steps) else None\n```\n\n全部完成后它会自己停下来。",
];
const ENDINGS_ZH: [&str; 3] = [
    "如果能补充一些具体情况，我可以回答得更准确。",
    "第一次尝试这样就够了，细节取决于您的数据。",
    "其中第二点最容易被忽略。",
];
const PARAGRAPHS_ZH: [&str; 3] = [
    "先看看时间花在哪里会很有帮助。大部分时间并不花在步骤里，而是花在步骤之间，所以请先检查交接：谁在等待，等什么，又怎么知道它已经到了？",
    "再看一遍{topic}，会发现第一眼没有看到的东西。看起来是一个决定，其实常常是两个，它们不必在同一天做出，也不必由同一个人做出。",
    "把结果写在以后找得到的地方。三行字，加上日期和测到的数字，比一份没有人打开的报告更有价值。",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_prompt_gives_the_same_answer() {
        assert_eq!(Answer::to("What is a quota?", 0).content, Answer::to("What is a quota?", 0).content);
        assert_ne!(Answer::to("What is a quota?", 0).content, Answer::to("What is a flow?", 0).content);
    }

    #[test]
    fn a_chinese_prompt_gets_a_chinese_answer() {
        let answer = Answer::to("什么是配额？", 0).content.concat();
        assert!(
            answer.contains("什么是配额") && answer.chars().filter(|c| is_cjk(*c)).count() > 40,
            "{answer}"
        );
    }

    #[test]
    fn a_long_answer_is_as_long_as_it_was_asked_for() {
        for prompt in ["slowly", "请慢慢说", ""] {
            let answer = Answer::to(prompt, 260);
            assert!(answer.reasoning.len() + answer.content.len() >= 260);
        }
    }

    #[test]
    fn joined_deltas_are_the_text() {
        let text = "Two words, 三个字 and\n\n- a list";
        assert_eq!(deltas(text).concat(), text);
    }
}
