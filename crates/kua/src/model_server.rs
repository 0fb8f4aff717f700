//! Talks to a model server on this machine, in the words of OpenAI's chat completions, which
//! llama.cpp, Ollama, vLLM and others understand. Believes nothing of what comes back.
//!
//! Architecture invariant: the only place where kua opens a connection. To a [`Loopback`] address,
//! by no proxy, following no redirection, for a limited time and a limited answer.

use std::io::ErrorKind;
use std::time::Duration;

use kua_case::{NoAnswer, Question, SecondReader};
use serde_json::{Value, json};
use ureq::{Agent, Body, Error};

use crate::failure::Failure;
use crate::loopback::Loopback;

/// Largest answer that is read, in bytes: far more than forty claims.
const LARGEST: u64 = 1024 * 1024;
/// Longest answer the model is to write, in tokens.
const TOKENS: u32 = 4096;
/// Longest name of a model, in bytes.
const NAME: usize = 200;

/// A model behind a server.
pub(crate) struct ModelServer {
    agent: Agent,
    at: Loopback,
    /// The model, as the server calls it.
    called: String,
    /// The model, as it is written beside what it proposes.
    name: String,
}

impl ModelServer {
    /// The model called `model`, or the only one the server says it has.
    pub(crate) fn find(
        at: Loopback,
        model: Option<&str>,
        timeout: Duration,
    ) -> Result<Self, Failure> {
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_connect(Some(timeout.min(Duration::from_secs(5))))
            .timeout_global(Some(timeout))
            .user_agent("kua")
            .build();
        let mut server =
            Self { agent: config.new_agent(), at, called: String::new(), name: String::new() };
        server.called = match model {
            Some(model) => model.to_owned(),
            None => server.only_model()?,
        };
        server.name = shown_name(&server.called);
        if server.name.is_empty() || server.name.len() > NAME {
            return Err(Failure::usage("the name of the model is empty, or longer than 200 bytes")
                .hint("Give it one:  --model NAME"));
        }
        Ok(server)
    }

    fn only_model(&self) -> Result<String, Failure> {
        let answer = self.agent.get(self.at.at("models")).call();
        let models = whole(answer).and_then(|answer| {
            let list = answer.get("data").and_then(Value::as_array).ok_or(NoAnswer::Garbage)?;
            let ids = list.iter().filter_map(|model| model.get("id")?.as_str());
            Ok(ids.map(str::to_owned).collect::<Vec<_>>())
        });
        let models = models.map_err(|why| {
            Failure::unfinished(format!("{} was asked which models it has: {why}", self.at))
                .hint("See that the server runs, or name the model:  --model NAME")
        })?;
        match models.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(Failure::unfinished(format!("{} has no model", self.at))
                .hint("Load one into the server, then run the same command again.")),
            many => {
                let names: Vec<String> =
                    many.iter().take(8).map(|name| kua_case::shown(name)).collect();
                Err(Failure::usage(format!(
                    "{} has {} models: {}",
                    self.at,
                    many.len(),
                    names.join(", ")
                ))
                .hint("Say which:  --model NAME"))
            }
        }
    }
}

impl SecondReader for ModelServer {
    fn model(&self) -> &str {
        &self.name
    }

    fn answer(&self, question: &Question<'_>) -> Result<String, NoAnswer> {
        let format = json!({
            "type": "json_schema",
            "json_schema": { "name": "claims", "strict": true, "schema": question.schema },
        });
        let request = json!({
            "model": self.called,
            "messages": [
                { "role": "system", "content": question.instructions },
                { "role": "user", "content": question.passage },
            ],
            "response_format": format,
            "temperature": 0,
            "seed": 0,
            "max_tokens": TOKENS,
            "stream": false,
        });
        let post = self.agent.post(self.at.at("chat/completions"));
        let answer = post.content_type("application/json").send(request.to_string());
        let answer = whole(answer)?;
        let text = answer.pointer("/choices/0/message/content").and_then(Value::as_str);
        Ok(text.ok_or(NoAnswer::Garbage)?.to_owned())
    }
}

/// The whole answer, as JSON.
fn whole(answer: Result<ureq::http::Response<Body>, Error>) -> Result<Value, NoAnswer> {
    let mut answer = answer.map_err(|error| failed(&error))?;
    let status = answer.status();
    if status.is_redirection() {
        return Err(NoAnswer::Redirected);
    }
    if !status.is_success() {
        return Err(NoAnswer::Status(status.as_u16()));
    }
    let bytes = answer.body_mut().with_config().limit(LARGEST).read_to_vec();
    let bytes = bytes.map_err(|error| failed(&error))?;
    serde_json::from_slice(&bytes).map_err(|_| NoAnswer::Garbage)
}

fn failed(error: &Error) -> NoAnswer {
    match error {
        Error::Timeout(_) => NoAnswer::TooSlow,
        Error::Io(error) if error.kind() == ErrorKind::TimedOut => NoAnswer::TooSlow,
        Error::BodyExceedsLimit(_) => NoAnswer::TooLarge,
        Error::LargeResponseHeader(..) => NoAnswer::TooLarge,
        Error::TooManyRedirects | Error::RedirectFailed => NoAnswer::Redirected,
        Error::Protocol(_) | Error::Http(_) => NoAnswer::Garbage,
        _ => NoAnswer::Unreachable,
    }
}

/// The name without what tells of this machine: servers call a model by the path of its file, and
/// the name goes into judgements, which travel.
fn shown_name(model: &str) -> String {
    let is_path = model.starts_with(['/', '~', '.', '\\'])
        || model.get(1..3).is_some_and(|drive| matches!(drive, ":\\" | ":/"))
        || model.to_ascii_lowercase().ends_with(".gguf");
    let name = if is_path { model.rsplit(['/', '\\']).next().unwrap_or("") } else { model };
    name.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_on_this_machine_does_not_travel() {
        assert_eq!(shown_name("/home/alice/models/small-7b.gguf"), "small-7b.gguf");
        assert_eq!(shown_name("C:\\Users\\alice\\small-7b.bin"), "small-7b.bin");
        assert_eq!(shown_name("models/small.GGUF"), "small.GGUF");
        assert_eq!(shown_name("Maker/Small-7B"), "Maker/Small-7B");
        assert_eq!(shown_name("small:7b\u{1b}[2J\n"), "small:7b[2J");
        assert_eq!(shown_name("/"), "");
    }
}
