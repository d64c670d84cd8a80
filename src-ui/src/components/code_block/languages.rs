//! What the lexer has to know of each language that answers are full of.

/// How a language is read.
#[derive(Debug)]
pub(super) struct Rules {
    /// What it is called in fences, in small letters.
    called: &'static [&'static str],
    /// Words with a meaning of their own, with a space between two.
    keywords: &'static str,
    /// Whether `SELECT` is `select`.
    folds_case: bool,
    /// What begins a comment up to the end of its line.
    pub(super) comments: &'static [&'static str],
    /// What begins and ends a comment.
    pub(super) block_comment: Option<(&'static str, &'static str)>,
    /// Longer marks first.
    pub(super) quotes: &'static [Quote],
    /// Letters of words beyond letters, digits and `_`.
    word: &'static str,
    /// Which words are names.
    pub(super) names: Names,
}

/// Which words are names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Before a parenthesis; capitals are types.
    Calls,
    /// Before a colon or an equals sign.
    Keys,
    /// Attributes in tags.
    Tags,
    /// There are no words: a line is what its first letter says.
    Diff,
    /// None.
    None,
}

/// Marks around a text.
#[derive(Debug)]
pub(super) struct Quote {
    pub(super) open: &'static str,
    close: &'static str,
    /// Whether `\` takes the meaning of the next letter away.
    escapes: bool,
    /// Whether it goes on over the end of a line.
    lines: bool,
    /// Whether it holds one letter: an apostrophe may also be something else.
    single: bool,
}

impl Quote {
    const fn new(open: &'static str, close: &'static str) -> Self {
        Self { open, close, escapes: true, lines: false, single: false }
    }

    const fn over_lines(self) -> Self {
        Self { lines: true, ..self }
    }

    const fn raw(self) -> Self {
        Self { escapes: false, ..self }
    }

    const fn letter(self) -> Self {
        Self { single: true, ..self }
    }

    /// Where the text ends that `inside` begins with, behind its closing mark.
    pub(super) fn end(&self, inside: &str) -> Option<usize> {
        let mut letters = inside.char_indices();
        while let Some((at, letter)) = letters.next() {
            if inside[at..].starts_with(self.close) {
                return Some(at + self.close.len());
            }
            if self.escapes && letter == '\\' {
                letters.next();
            }
        }
        None
    }

    /// Whether `inside` is a text of this kind at all.
    pub(super) fn holds(&self, inside: &str) -> bool {
        let Some(end) = self.end(inside) else { return self.lines };
        let text = &inside[..end - self.close.len()];
        !self.single || text.starts_with('\\') || text.chars().count() == 1
    }
}

/// Each language is there once.
impl PartialEq for Rules {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Rules {
    pub(super) fn begins_word(&self, letter: char) -> bool {
        letter.is_alphabetic() || letter == '_' || (letter != '-' && self.word.contains(letter))
    }

    pub(super) fn goes_on_in_word(&self, letter: char) -> bool {
        letter.is_alphanumeric() || letter == '_' || self.word.contains(letter)
    }

    pub(super) fn is_keyword(&self, word: &str) -> bool {
        let is = |keyword: &str| {
            if self.folds_case { keyword.eq_ignore_ascii_case(word) } else { keyword == word }
        };
        self.keywords.split(' ').any(is)
    }
}

/// The rules of a language by what a fence calls it.
pub(super) fn find(name: &str) -> Option<&'static Rules> {
    let name = name.to_ascii_lowercase();
    LANGUAGES.iter().find(|rules| rules.called.contains(&name.as_str()))
}

const DOUBLE: Quote = Quote::new("\"", "\"");
const SINGLE: Quote = Quote::new("'", "'");
const LETTER: Quote = SINGLE.letter();
const LONG: Quote = Quote::new("\"\"\"", "\"\"\"").over_lines();
const BACKTICK: Quote = Quote::new("`", "`").over_lines();
const C_LIKE: Rules = Rules {
    called: &[],
    keywords: "",
    folds_case: false,
    comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[DOUBLE, LETTER],
    word: "",
    names: Names::Calls,
};
const HASH: Rules = Rules { comments: &["#"], block_comment: None, quotes: &[DOUBLE, SINGLE], ..C_LIKE };
const DATA: Rules = Rules { names: Names::Keys, keywords: "true false null", word: "-.", ..HASH };

static LANGUAGES: &[Rules] = &[
    Rules {
        called: &["rust", "rs"],
        keywords: "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64",
        quotes: &[
            Quote::new("r##\"", "\"##").raw().over_lines(),
            Quote::new("r#\"", "\"#").raw().over_lines(),
            Quote::new("r\"", "\"").raw().over_lines(),
            DOUBLE.over_lines(),
            LETTER,
        ],
        ..C_LIKE
    },
    Rules {
        called: &["python", "py", "python3", "py3"],
        keywords: "and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self True try while with yield",
        quotes: &[LONG, Quote::new("'''", "'''").over_lines(), DOUBLE, SINGLE],
        ..HASH
    },
    Rules {
        called: &["javascript", "js", "jsx", "mjs", "typescript", "ts", "tsx", "node"],
        keywords: "abstract any as async await boolean break case catch class const continue declare default delete do else enum export extends false finally for from function get if implements import in instanceof interface keyof let namespace never new null number of private protected public readonly return set static string super switch this throw true try type typeof undefined unknown var void while yield",
        quotes: &[DOUBLE, SINGLE, BACKTICK],
        word: "$",
        ..C_LIKE
    },
    Rules { called: &["json", "jsonc", "json5", "ndjson"], comments: &["//"], word: "", ..DATA },
    Rules { called: &["yaml", "yml"], keywords: "true false null yes no on off True False", ..DATA },
    Rules {
        called: &["toml", "ini", "conf", "properties", "env", "dotenv"],
        quotes: &[LONG, Quote::new("'''", "'''").raw().over_lines(), DOUBLE, SINGLE.raw()],
        comments: &["#", ";"],
        ..DATA
    },
    Rules {
        called: &["css", "scss", "less"],
        keywords: "@media @import @keyframes @font-face @supports @layer @container @use @include @mixin !important",
        comments: &[],
        block_comment: Some(("/*", "*/")),
        word: "-@",
        ..DATA
    },
    Rules {
        called: &["html", "xml", "svg", "xhtml", "vue", "svelte", "htm", "rss", "plist"],
        keywords: "",
        comments: &[],
        block_comment: Some(("<!--", "-->")),
        word: "-:@.",
        names: Names::Tags,
        ..HASH
    },
    Rules {
        called: &["bash", "sh", "shell", "zsh", "console", "shellscript", "fish"],
        keywords: "if then elif else fi for in do done while until case esac function return local export readonly declare set unset source alias cd echo exit exec eval test trap read sudo",
        quotes: &[DOUBLE.over_lines(), SINGLE.raw()],
        word: "$-",
        names: Names::None,
        ..HASH
    },
    Rules {
        called: &["sql", "postgresql", "postgres", "mysql", "sqlite", "plpgsql", "tsql"],
        keywords: "add all alter and any as asc begin between bigint boolean by case cast check column commit conflict constraint count create cross current_timestamp database default delete desc distinct do drop else end except exists false for foreign from full function group grant having if in index inner insert int integer interval into is join key language lateral left like limit not nothing null numeric offset on or order outer over partition primary references replace returning returns revoke right rollback row schema select serial set table text then timestamp timestamptz to transaction trigger true union unique update using uuid values varchar view when where with",
        folds_case: true,
        comments: &["--"],
        quotes: &[SINGLE.raw().over_lines(), DOUBLE.raw(), Quote::new("$$", "$$").raw().over_lines()],
        ..C_LIKE
    },
    Rules {
        called: &["go", "golang"],
        keywords: "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var true false nil bool byte error int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 rune string any",
        quotes: &[DOUBLE, LETTER, BACKTICK.raw()],
        ..C_LIKE
    },
    Rules {
        called: &["java", "kotlin", "kt", "scala", "groovy"],
        keywords: "abstract as boolean break byte case catch char class companion const continue data default def do double else enum extends false final finally float for fun if implements import in instanceof int interface internal is lateinit lazy long new null object open operator override package private protected public record return sealed short static super suspend switch synchronized this throw throws true try trait val var void volatile when while with yield",
        quotes: &[LONG, DOUBLE, LETTER],
        ..C_LIKE
    },
    Rules {
        called: &["c", "h", "cpp", "c++", "cc", "hpp", "cxx", "objc", "arduino"],
        keywords: "alignas auto bool break case catch char class const constexpr continue default delete do double else enum explicit extern false final float for friend goto if inline int long mutable namespace new noexcept nullptr operator override private protected public register return short signed sizeof static struct switch template this throw true try typedef typename union unsigned using virtual void volatile while #include #define #ifdef #ifndef #endif #if #else #pragma NULL size_t",
        word: "#",
        ..C_LIKE
    },
    Rules {
        called: &["csharp", "cs", "c#", "dotnet"],
        keywords: "abstract as async await base bool break byte case catch char class const continue decimal default delegate do double else enum event false finally float for foreach get if in init int interface internal is lock long namespace new null object out override params private protected public readonly record ref return sealed set static string struct switch this throw true try typeof uint using var virtual void where while yield",
        quotes: &[LONG, Quote::new("@\"", "\"").raw().over_lines(), DOUBLE, LETTER],
        ..C_LIKE
    },
    Rules {
        called: &["swift", "dart"],
        keywords: "as associatedtype async await break case catch class const continue default defer do else enum extension false final for func guard if import in init inout internal is late lazy let mutating nil override private protocol public required rethrows return self Self static struct super switch this throw throws true try typealias var void weak where while",
        quotes: &[LONG, DOUBLE, SINGLE],
        ..C_LIKE
    },
    Rules {
        called: &["php"],
        keywords: "abstract and array as break case catch class clone const continue declare default do echo else elseif extends false final finally fn for foreach function global if implements include instanceof interface isset list match namespace new null or print private protected public readonly require require_once return static switch this throw trait true try unset use var while yield",
        comments: &["//", "#"],
        quotes: &[DOUBLE.over_lines(), SINGLE.over_lines()],
        word: "$",
        ..C_LIKE
    },
    Rules {
        called: &["ruby", "rb", "elixir", "ex", "crystal"],
        keywords: "alias and begin break case class def defmodule defp defmodule do else elsif end ensure false fn for if in module next nil not or raise redo require rescue retry return self super then true unless until use when while yield",
        word: "@?!",
        ..HASH
    },
    Rules {
        called: &["dockerfile", "docker", "containerfile", "makefile", "make", "cmake"],
        keywords: "FROM AS RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL ifeq ifneq endif else include define",
        word: "$-",
        names: Names::None,
        ..HASH
    },
    Rules {
        called: &["powershell", "ps1", "pwsh"],
        keywords: "begin break catch continue do else elseif end exit filter finally for foreach from function if in param process return switch throw trap try until while",
        folds_case: true,
        block_comment: Some(("<#", "#>")),
        word: "$-",
        ..HASH
    },
    Rules {
        called: &["lua"],
        keywords: "and break do else elseif end false for function goto if in local nil not or repeat return then true until while",
        comments: &["--"],
        block_comment: Some(("--[[", "]]")),
        quotes: &[DOUBLE, SINGLE, Quote::new("[[", "]]").raw().over_lines()],
        ..C_LIKE
    },
    Rules {
        called: &["r", "julia", "jl", "perl", "pl"],
        keywords: "begin break const do else elseif end false FALSE for foreach function if import in let local mutable my module NULL next nothing our repeat return struct sub TRUE true unless use using while",
        word: "$",
        ..HASH
    },
    Rules { called: &["diff", "patch"], names: Names::Diff, ..HASH },
];
