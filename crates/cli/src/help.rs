//! What each command and argument does, in the person's language: by its place in the tree of commands,
//! so that none can be forgotten unseen.

use clap::Command;

use crate::texts::Texts;

/// `command` with its help from the locale files.
pub(crate) fn translated(command: Command, texts: &Texts) -> Command {
    with_help(command, "help", texts)
}

fn with_help(command: Command, id: &str, texts: &Texts) -> Command {
    command
        .about(texts.text(id))
        .mut_args(|argument| {
            let help = texts.text(&format!("{id}-{}", argument.get_id()));
            argument.help(help)
        })
        .mut_subcommands(|command| {
            let id = format!("{id}-{}", command.get_name());
            with_help(command, &id, texts)
        })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use flowmeter_client::domain::Language;

    use super::*;
    use crate::{Arguments, texts};

    /// All help of a command and what is below it.
    fn all(command: &Command) -> Vec<String> {
        let own =
            command.get_about().into_iter().chain(command.get_arguments().filter_map(|one| one.get_help()));
        let own: Vec<String> = own.map(ToString::to_string).collect();
        own.into_iter().chain(command.get_subcommands().flat_map(all)).collect()
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        for language in Language::ALL {
            let help = all(&translated(Arguments::command(), &texts::in_language(language)));
            assert!(help.len() >= 15, "{help:?}");
            let missing: Vec<_> = help.iter().filter(|text| text.starts_with("help")).collect();
            assert!(missing.is_empty(), "{language:?}: {missing:?}");
        }
    }
}
