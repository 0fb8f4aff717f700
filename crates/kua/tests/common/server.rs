//! A reading room on a port of its own, asked byte by byte.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::thread::{JoinHandle, spawn};

use super::Bench;

/// A server that ends with the test.
pub struct Server(Child, String);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    pub fn start(bench: &Bench, case: &str) -> Self {
        Self::run(bench, &["-C", case, "serve", "--port", "0"], Stdio::null()).0
    }

    /// The same with everything logged; the thread gives what was logged once the server ended.
    pub fn start_logged(bench: &Bench, case: &str) -> (Self, JoinHandle<String>) {
        let args = ["--log", "trace", "-C", case, "serve", "--port", "0"];
        let (server, err) = Self::run(bench, &args, Stdio::piped());
        let heard = spawn(move || {
            let mut log = String::new();
            err.unwrap().read_to_string(&mut log).unwrap();
            log
        });
        (server, heard)
    }

    fn run(bench: &Bench, args: &[&str], err: Stdio) -> (Self, Option<std::process::ChildStderr>) {
        let mut command = bench.command(args);
        let mut child = command.stdout(Stdio::piped()).stderr(err).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
        let err = child.stderr.take();
        (Self(child, port), err)
    }

    /// The address it answers to.
    pub fn own(&self) -> String {
        format!("127.0.0.1:{}", self.1)
    }

    /// The whole answer; what there is of it if the server hangs up.
    pub fn ask(&self, method: &str, path: &str, host: &str) -> String {
        let mut stream = TcpStream::connect(self.own()).unwrap();
        let asked =
            write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let mut answer = Vec::new();
        if asked.is_ok() {
            let _ = stream.read_to_end(&mut answer);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }
}
