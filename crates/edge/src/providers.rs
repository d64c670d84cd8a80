//! Which provider serves a model: the contract's table, longest prefix first.

use reqwest::Url;
use secrecy::SecretString;

use crate::settings::SettingsError;

/// A provider as the contract lists it.
struct Entry {
    name: &'static str,
    /// Stem of its `<PROVIDER>_BASE_URL`.
    variable: &'static str,
    /// Without regard to case.
    prefixes: &'static [&'static str],
    base_url: &'static str,
    /// The first that is set counts.
    keys: &'static [&'static str],
}

const TABLE: [Entry; 8] = [
    Entry {
        name: "doubao",
        variable: "DOUBAO",
        prefixes: &["doubao", "deepseek-v3", "deepseek-r1"],
        base_url: "https://ark.cn-beijing.volces.com/api/v3",
        keys: &["DOUBAO_API_KEY", "VOLCENGINE_API_KEY"],
    },
    Entry {
        name: "deepseek",
        variable: "DEEPSEEK",
        prefixes: &["deepseek-chat", "deepseek-reasoner"],
        base_url: "https://api.deepseek.com",
        keys: &["DEEPSEEK_API_KEY"],
    },
    Entry {
        name: "openai",
        variable: "OPENAI",
        prefixes: &["gpt-"],
        base_url: "https://api.openai.com/v1",
        keys: &["OPENAI_API_KEY"],
    },
    Entry {
        name: "google",
        variable: "GOOGLE",
        prefixes: &["gemini-", "google/"],
        base_url: "https://generativelanguage.googleapis.com/v1beta/openai",
        keys: &["GEMINI_API_KEY"],
    },
    Entry {
        name: "dashscope",
        variable: "DASHSCOPE",
        prefixes: &["qwen"],
        base_url: "https://dashscope.aliyuncs.com/compatible-mode/v1",
        keys: &["DASHSCOPE_API_KEY"],
    },
    Entry {
        name: "groq",
        variable: "GROQ",
        prefixes: &["llama", "mixtral", "gemma"],
        base_url: "https://api.groq.com/openai/v1",
        keys: &["GROQ_API_KEY"],
    },
    Entry {
        name: "siliconflow",
        variable: "SILICONFLOW",
        prefixes: &["deepseek-ai/", "qwen/", "internlm/", "thudm/", "deepseek"],
        base_url: "https://api.siliconflow.cn/v1",
        keys: &["SILICONFLOW_API_KEY"],
    },
    Entry {
        name: "xiaomi",
        variable: "XIAOMI",
        prefixes: &["xiaomi-", "mimo-"],
        base_url: "https://api.xiaomimimo.com/v1",
        keys: &["XIAOMI_API_KEY"],
    },
];

/// Serves every model that no prefix names.
const DEFAULT: &str = "siliconflow";

/// A provider that can be asked.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    /// The contract's name, which people may see.
    pub(crate) name: &'static str,
    /// Where its chat completions are.
    pub(crate) completions_url: Url,
    pub(crate) key: Option<SecretString>,
}

/// All providers with their keys.
pub(crate) struct Providers(Vec<Provider>);

impl Providers {
    /// Keys and base URLs through `var`.
    pub(crate) fn from_env(var: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        TABLE.iter().map(|entry| entry.configured(&var)).collect::<Result<_, _>>().map(Self)
    }

    /// The provider of `model`.
    pub(crate) fn for_model(&self, model: &str) -> &Provider {
        let name = provider_name(model);
        self.0.iter().find(|provider| provider.name == name).unwrap_or(&self.0[0])
    }
}

impl Entry {
    fn configured(&self, var: impl Fn(&str) -> Option<String>) -> Result<Provider, SettingsError> {
        let variable = format!("{}_BASE_URL", self.variable);
        let base = var(&variable).unwrap_or_else(|| self.base_url.to_owned());
        let url = Url::parse(&format!("{}/chat/completions", base.trim_end_matches('/'))).ok();
        let completions_url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let fault = || "it should be an http or https address".to_owned();
        Ok(Provider {
            name: self.name,
            completions_url: completions_url
                .ok_or_else(|| SettingsError::Wrong { name: variable, fault: fault() })?,
            key: self.keys.iter().find_map(|name| var(name)).map(SecretString::from),
        })
    }
}

fn provider_name(model: &str) -> &'static str {
    let model = model.to_ascii_lowercase();
    let prefixes = TABLE.iter().flat_map(|entry| entry.prefixes.iter().map(|prefix| (*prefix, entry.name)));
    let matching = prefixes.filter(|(prefix, _)| model.starts_with(prefix));
    matching.max_by_key(|(prefix, _)| prefix.len()).map_or(DEFAULT, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_wins_without_regard_to_case() {
        let table = [
            ("doubao-pro", "doubao"),
            ("deepseek-v3-250324", "doubao"),
            ("DeepSeek-R1", "doubao"),
            ("deepseek-chat", "deepseek"),
            ("deepseek-reasoner", "deepseek"),
            ("deepseek-coder", "siliconflow"),
            ("deepseek-ai/DeepSeek-V3.2", "siliconflow"),
            ("gpt-4o", "openai"),
            ("gemini-2.0-flash", "google"),
            ("google/gemma-3", "google"),
            ("qwen-max", "dashscope"),
            ("Qwen/Qwen3-8B", "siliconflow"),
            ("llama-3.3-70b", "groq"),
            ("gemma2-9b", "groq"),
            ("THUDM/glm-4", "siliconflow"),
            ("mimo-v2", "xiaomi"),
            ("anything else", "siliconflow"),
            ("", "siliconflow"),
        ];
        for (model, name) in table {
            assert_eq!(provider_name(model), name, "{model}");
        }
    }

    #[test]
    fn keys_and_addresses_come_from_the_environment() {
        let var = |name: &str| match name {
            "VOLCENGINE_API_KEY" => Some("volc".to_owned()),
            "OPENAI_BASE_URL" => Some("http://127.0.0.1:11434/v1/".to_owned()),
            _ => None,
        };
        let providers = Providers::from_env(var).unwrap();
        assert!(providers.for_model("doubao-pro").key.is_some());
        assert!(providers.for_model("gpt-4o").key.is_none());
        let url = providers.for_model("gpt-4o").completions_url.as_str();
        assert_eq!(url, "http://127.0.0.1:11434/v1/chat/completions");
    }
}
