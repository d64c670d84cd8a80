//! Reads a line of code into words of a few kinds, by the [`Rules`] of its language.
//!
//! A colour is a hint: this knows comments, strings, numbers and names, and no grammar. It is ours because what
//! there is does not fit: grammars of TextMate or tree-sitter are megabytes in the page, and the small lexers
//! take `"\\"` or a lifetime for the beginning of a string that never ends. Line by line, so that code can be
//! coloured while it is written.

use std::ops::Range;

use super::languages::{Names, Quote, Rules};

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Keyword,
    Type,
    /// Of a function that is called, a key, an attribute, a variable.
    Name,
    Text,
    Number,
    Comment,
    Added,
    Removed,
}

impl Kind {
    /// Its style.
    pub(super) fn class(self) -> Option<&'static str> {
        match self {
            Kind::Plain => None,
            Kind::Keyword => Some("hl-keyword"),
            Kind::Type => Some("hl-type"),
            Kind::Name => Some("hl-name"),
            Kind::Text => Some("hl-text"),
            Kind::Number => Some("hl-number"),
            Kind::Comment => Some("hl-comment"),
            Kind::Added => Some("hl-added"),
            Kind::Removed => Some("hl-removed"),
        }
    }
}

/// What the end of a line is in the middle of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Code,
    Comment,
    /// Which of the rules' quotes.
    Text(usize),
    /// Between `<` and `>`.
    Tag,
}

/// A word and where it is in its line.
pub(super) type Word = (Kind, Range<usize>);

/// The words of `line`, that cover it without a gap, and what its end is in the middle of.
pub(super) fn read_line(rules: &Rules, state: State, line: &str) -> (Vec<Word>, State) {
    let mut reader = Reader { rules, line, at: 0, state, words: Vec::new() };
    if rules.names == Names::Diff {
        reader.take(diff_kind(line), line.len());
    }
    while reader.at < line.len() {
        reader.step();
    }
    (reader.words, reader.state)
}

fn diff_kind(line: &str) -> Kind {
    match line.as_bytes().first() {
        Some(b'+') => Kind::Added,
        Some(b'-') => Kind::Removed,
        Some(b'@') => Kind::Comment,
        _ => Kind::Plain,
    }
}

struct Reader<'a> {
    rules: &'a Rules,
    line: &'a str,
    at: usize,
    state: State,
    words: Vec<Word>,
}

impl Reader<'_> {
    fn step(&mut self) {
        match self.state {
            State::Comment => self.rest_of_comment(),
            State::Text(quote) => self.rest_of_text(quote),
            State::Code | State::Tag => self.code(),
        }
    }

    fn rest(&self) -> &str {
        &self.line[self.at..]
    }

    fn next(&self) -> char {
        self.rest().chars().next().unwrap_or(' ')
    }

    /// The next `length` bytes are of this kind.
    fn take(&mut self, kind: Kind, length: usize) {
        let end = self.at + length;
        match self.words.last_mut().filter(|(last, _)| *last == kind) {
            Some((_, range)) => range.end = end,
            None => self.words.push((kind, self.at..end)),
        }
        self.at = end;
    }

    fn rest_of_comment(&mut self) {
        let end =
            self.rules.block_comment.and_then(|(_, close)| Some(self.rest().find(close)? + close.len()));
        if end.is_some() {
            self.state = State::Code;
        }
        self.take(Kind::Comment, end.unwrap_or(self.rest().len()));
    }

    fn rest_of_text(&mut self, quote: usize) {
        let end = self.rules.quotes[quote].end(self.rest());
        if end.is_some() {
            self.state = State::Code;
        }
        self.take(Kind::Text, end.unwrap_or(self.rest().len()));
    }

    fn code(&mut self) {
        let is_markup = self.rules.names == Names::Tags;
        if self.comment() || (is_markup && self.tag()) {
            return;
        }
        let letter = self.next();
        let in_words = !is_markup || self.state == State::Tag;
        match letter {
            _ if in_words && self.text() => {}
            _ if in_words && letter.is_ascii_digit() => self.number(),
            _ if in_words && self.rules.begins_word(letter) => self.word(),
            _ => self.take(Kind::Plain, letter.len_utf8()),
        }
    }

    fn comment(&mut self) -> bool {
        if let Some((open, _)) = self.rules.block_comment.filter(|(open, _)| self.rest().starts_with(open)) {
            self.state = State::Comment;
            self.take(Kind::Comment, open.len());
            return true;
        }
        let is_comment = self.rules.comments.iter().any(|mark| self.rest().starts_with(mark));
        // In `$#` and `a#b` it is none.
        let after = self.line[..self.at].chars().next_back();
        let stands_alone =
            self.next() != '#' || after.is_none_or(|c| c.is_whitespace() || ";(){}[],".contains(c));
        if is_comment && stands_alone {
            self.take(Kind::Comment, self.rest().len());
        }
        is_comment && stands_alone
    }

    fn tag(&mut self) -> bool {
        let rest = self.rest();
        if self.state == State::Tag {
            if rest.starts_with('>') {
                self.state = State::Code;
                self.take(Kind::Plain, 1);
                return true;
            }
            return false;
        }
        let marks = rest.len() - rest.trim_start_matches(['<', '/', '!', '?']).len();
        let name = rest[marks..].find(|c: char| !(c.is_alphanumeric() || "-:.".contains(c)));
        let name = name.unwrap_or(rest.len() - marks);
        if !rest.starts_with('<') || name == 0 {
            return false;
        }
        self.state = State::Tag;
        self.take(Kind::Plain, marks);
        self.take(Kind::Keyword, name);
        true
    }

    /// A text in quotes. One that may not go on in the next line and does not end in this one is no text.
    fn text(&mut self) -> bool {
        let begins =
            |quote: &Quote| self.rest().strip_prefix(quote.open).is_some_and(|inside| quote.holds(inside));
        let Some(at) = self.rules.quotes.iter().position(begins) else { return false };
        let open = self.rules.quotes[at].open.len();
        match self.rules.quotes[at].end(&self.rest()[open..]) {
            Some(end) => {
                let kind = if self.is_key(self.at + open + end) { Kind::Name } else { Kind::Text };
                self.take(kind, open + end);
            }
            None => {
                self.take(Kind::Text, self.rest().len());
                self.state = State::Text(at);
            }
        }
        true
    }

    fn number(&mut self) {
        let mut before = ' ';
        let end = self.rest().find(|c: char| {
            let goes_on =
                c.is_ascii_alphanumeric() || "._".contains(c) || ("+-".contains(c) && "eE".contains(before));
            before = c;
            !goes_on
        });
        let number = &self.rest()[..end.unwrap_or(self.rest().len())];
        // `1..2` is a range, and `1.` may end a sentence.
        let length = number.find("..").unwrap_or(number.trim_end_matches('.').len());
        self.take(Kind::Number, length);
    }

    fn word(&mut self) {
        let end = self.rest().find(|c: char| !self.rules.goes_on_in_word(c)).unwrap_or(self.rest().len());
        let kind = self.kind_of(&self.rest()[..end], self.at + end);
        self.take(kind, end);
    }

    fn kind_of(&self, word: &str, end: usize) -> Kind {
        let after = &self.line[end..];
        let is_capital = || word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
        match self.rules.names {
            _ if self.rules.is_keyword(word) => Kind::Keyword,
            _ if self.is_key(end) || word.len() > 1 && word.starts_with('$') => Kind::Name,
            Names::Tags if after.trim_start().starts_with('=') => Kind::Name,
            Names::Calls if after.starts_with('(') || after.starts_with("!(") => Kind::Name,
            Names::Calls if is_capital() => Kind::Type,
            _ => Kind::Plain,
        }
    }

    /// Whether what ends at `end` is the name of what follows.
    fn is_key(&self, end: usize) -> bool {
        let after = self.line[end..].trim_start();
        self.rules.names == Names::Keys && (after.starts_with(':') || after.starts_with('='))
    }
}

#[cfg(test)]
mod tests {
    use super::super::languages::find;
    use super::*;

    /// The words of `code` that are not plain, each with the first letters of its kind.
    fn read(language: &str, code: &str) -> String {
        let rules = find(language).expect("a language");
        let (mut state, mut seen) = (State::Code, Vec::new());
        for line in code.split_inclusive('\n') {
            let (words, next) = read_line(rules, state, line);
            let covered: String = words.iter().map(|(_, range)| &line[range.clone()]).collect();
            assert_eq!(covered, line);
            let marked = words.into_iter().filter(|(kind, _)| *kind != Kind::Plain);
            seen.extend(marked.map(|(kind, range)| {
                format!("{}:{}", &format!("{kind:?}").to_lowercase()[..3], line[range].trim_end())
            }));
            state = next;
        }
        seen.join(" ")
    }

    #[test]
    fn rust() {
        assert_eq!(
            read(
                "rust",
                "fn f<'a>(x: &'a str) -> Vec<u8> { // no\n    println!(\"\\\\\"); 'x'; '\\n'; r#\"a\"b\"#; 1..0xff }"
            ),
            "key:fn key:str typ:Vec key:u8 com:// no nam:println tex:\"\\\\\" tex:'x' tex:'\\n' tex:r#\"a\"b\"# num:1 num:0xff"
        );
    }

    #[test]
    fn texts_and_comments_over_lines() {
        assert_eq!(
            read("python", "x = \"\"\"a\n# no 1\n\"\"\" # yes\nf(1.5e-3)"),
            "tex:\"\"\"a tex:# no 1 tex:\"\"\" com:# yes nam:f num:1.5e-3"
        );
        assert_eq!(
            read("ts", "/* a\n'b */ let c = `d\n${e}`"),
            "com:/* a com:'b */ key:let tex:`d tex:${e}`"
        );
        assert_eq!(read("js", "it's \"open\nlet"), "key:let");
    }

    #[test]
    fn keys_and_tags() {
        assert_eq!(
            read("json", r#"{"a": "b:", "c": [1, true]}"#),
            r#"nam:"a" tex:"b:" nam:"c" num:1 key:true"#
        );
        assert_eq!(read("yaml", "a-b: c # d\ne#f: 'g'"), "nam:a-b com:# d nam:f tex:'g'");
        assert_eq!(
            read("html", "<a href=\"b\"\n title='c'>it's</a><!-- d\ne -->"),
            "key:a nam:href tex:\"b\" nam:title tex:'c' key:a com:<!-- d com:e -->"
        );
        assert_eq!(read("css", "a { background-color: #fff; } /* b */"), "nam:background-color com:/* b */");
    }

    #[test]
    fn the_shell_sql_and_diffs() {
        assert_eq!(
            read("sh", "if [ $# -gt 0 ]; then echo \"$a\" $b # c"),
            "key:if num:0 key:then key:echo tex:\"$a\" nam:$b com:# c"
        );
        assert_eq!(read("SQL", "select 'it''s' FROM t -- a"), "key:select tex:'it''s' key:FROM com:-- a");
        assert_eq!(read("diff", "@@ 1 @@\n-a\n+b\n c"), "com:@@ 1 @@ rem:-a add:+b");
    }

    #[test]
    fn what_a_language_is_called_does_not_matter() {
        assert_eq!(find("JavaScript"), find("js"));
        assert_eq!(find("klingon"), None);
    }
}
