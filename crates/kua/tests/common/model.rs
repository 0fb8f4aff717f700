//! A model server on a port of its own that says whatever a test wants it to say.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::Duration;

use serde_json::{Value, json};

/// What the server does with a question.
pub enum Reply {
    /// A whole answer: the model wrote this.
    Says(String),
    /// These bytes, then it hangs up.
    Raw(Vec<u8>),
    /// Nothing, for longer than anybody waits.
    Hangs,
    /// A byte now and then, without end.
    Drips,
}

impl Reply {
    /// An answer with these claims.
    pub fn claims(claims: &[Value]) -> Self {
        Self::Says(json!({ "claims": claims }).to_string())
    }
}

/// A server that lives as long as the test.
pub struct Model {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Model {
    /// Answers every question about a passage with what `reply` makes of the passage.
    pub fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (reply, log) = (Arc::new(reply), Arc::clone(&heard));
        spawn(move || {
            for stream in listener.incoming().flatten() {
                let (reply, log) = (Arc::clone(&reply), Arc::clone(&log));
                spawn(move || answer(stream, &*reply, &log));
            }
        });
        Self { port, heard }
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Bodies of all questions so far.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, reply: &dyn Fn(&str) -> Reply, log: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length) = (String::new(), 0);
    lines.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
            break;
        }
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    if first.starts_with("GET /v1/models ") {
        return send(&mut stream, &json!({ "data": [{ "id": "/srv/models/trial.gguf" }] }));
    }
    assert!(first.starts_with("POST /v1/chat/completions "), "{first}");
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let question: Value = serde_json::from_str(&body).unwrap();
    log.lock().unwrap().push(body);
    let passage = question.pointer("/messages/1/content").unwrap().as_str().unwrap();
    let passage: Value = serde_json::from_str(passage).unwrap();
    // Whoever hangs up in the middle is the one under test.
    match reply(passage["passage"].as_str().unwrap()) {
        Reply::Says(text) => {
            send(&mut stream, &json!({ "choices": [{ "message": { "content": text } }] }));
        }
        Reply::Raw(bytes) => drop(stream.write_all(&bytes)),
        Reply::Hangs => sleep(Duration::from_secs(60)),
        Reply::Drips => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            for _ in 0..600 {
                sleep(Duration::from_millis(100));
                if stream.write_all(b" ").is_err() {
                    break;
                }
            }
        }
    }
}

fn send(stream: &mut TcpStream, body: &Value) {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}
