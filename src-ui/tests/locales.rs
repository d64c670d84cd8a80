//! Both languages say everything, and nothing that nobody asks for.

use std::collections::BTreeSet;

use flowmeter_domain::Code;
use flowmeter_ui::locales::text::{
    CODES, KINDS, LEVELS, NODE_KINDS, code_id, kind_id, level_id, node_kind_id,
};
use flowmeter_ui::locales::{Language, Text, Translator, source};
use fluent_bundle::FluentResource;
use jiff::SignedDuration;

/// The ids that the page asks for.
fn used() -> BTreeSet<&'static str> {
    let texts = Text::ALL.iter().map(|text| text.id());
    let codes = CODES.iter().map(|code| code_id(*code));
    let kinds = KINDS.iter().map(|kind| kind_id(*kind));
    let levels = LEVELS.iter().map(|level| level_id(*level));
    let node_kinds = NODE_KINDS.iter().map(|kind| node_kind_id(*kind));
    texts.chain(codes).chain(kinds).chain(levels).chain(node_kinds).collect()
}

/// The ids that a file has.
fn written(language: Language) -> BTreeSet<&'static str> {
    let ids = source(language).lines().filter(|line| !line.starts_with(['#', ' ']));
    ids.filter_map(|line| line.split_once(" = ")).map(|(id, _)| id).collect()
}

/// The gaps of each message that has any.
fn gaps(language: Language) -> Vec<(&'static str, BTreeSet<&'static str>)> {
    let messages = source(language).lines().filter_map(|line| line.split_once(" = "));
    let names =
        |text: &'static str| text.split("{ $").skip(1).filter_map(|rest| rest.split(' ').next()).collect();
    messages.map(|(id, text)| (id, names(text))).collect()
}

#[test]
fn each_file_has_exactly_the_messages_that_are_used() {
    for language in Language::ALL {
        assert_eq!(written(language), used(), "{language:?}");
    }
}

#[test]
fn each_file_parses_without_a_fault() {
    for language in Language::ALL {
        let parsed = FluentResource::try_new(source(language).to_owned());
        assert!(parsed.is_ok(), "{language:?}: {:?}", parsed.err().map(|(_, faults)| faults));
    }
}

#[test]
fn each_message_has_the_same_gaps_in_both_files() {
    assert_eq!(gaps(Language::English), gaps(Language::Chinese));
}

#[test]
fn every_code_has_a_title_and_a_next_step_in_both_languages() {
    for language in Language::ALL {
        let texts = Translator::new(language);
        for &code in CODES {
            assert_ne!(texts.code(code), code_id(code), "{language:?}");
            assert_ne!(texts.next_step(code), code_id(code), "{language:?}");
        }
    }
}

#[test]
fn the_list_of_codes_is_whole() {
    // One code for each message: a code that is left out of the list leaves its message without one.
    let written = written(Language::English).into_iter().filter(|id| id.starts_with("code-")).count();
    assert_eq!(CODES.len(), written);
    assert!(CODES.contains(&Code::Internal));
}

#[test]
fn every_gap_is_filled_and_carries_no_marks() {
    let texts = Translator::new(Language::Chinese);
    assert_eq!(texts.fill(Text::QuotaLeft, [("count", 38.into())]), "剩余 38 次");
    assert_eq!(
        texts.fill(Text::QuotaOf, [("used", 1234.into()), ("limit", 5000.into())]),
        "已用 1234 / 5000"
    );
}

#[test]
fn ages_are_told_in_their_largest_whole_unit() {
    let (en, zh) = (Translator::new(Language::English), Translator::new(Language::Chinese));
    let table = [
        (59, "just now", "刚刚"),
        (120, "2 min ago", "2 分钟前"),
        (3_599, "59 min ago", "59 分钟前"),
        (7_200, "2 h ago", "2 小时前"),
        (200_000, "2 d ago", "2 天前"),
    ];
    for (seconds, english, chinese) in table {
        let age = SignedDuration::from_secs(seconds);
        assert_eq!((en.age(age).as_str(), zh.age(age).as_str()), (english, chinese));
    }
}

#[test]
fn every_chinese_tag_gives_chinese_and_everything_else_english() {
    for tag in ["zh", "zh-CN", "zh-Hant-TW", "ZH_cn"] {
        assert_eq!(Language::for_tag(tag), Language::Chinese, "{tag}");
    }
    for tag in ["en-GB", "de", "", "zhx"] {
        assert_eq!(Language::for_tag(tag), Language::English, "{tag}");
    }
}
