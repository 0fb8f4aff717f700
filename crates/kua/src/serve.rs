//! The reading room: pages of the last build on 127.0.0.1. Reads only, keeps nothing of the
//! reader, answers only to its own address.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use kua_case::Case;
use kua_case::publish::{HEADERS, Route, Site};
use tokio::net::TcpListener;

use crate::args::Serve;
use crate::commands::STALE;
use crate::console::Console;
use crate::failure::Failure;

/// Serves the pages of `case` until Ctrl-C.
pub(crate) fn run(args: &Serve, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let loaded = case.chronicle_with_proofs()?;
    if loaded.is_stale {
        console.remark(STALE);
    }
    let room = ReadingRoom { site: Site::owning(loaded.chronicle), port: 0 };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
            Failure::unfinished(format!("the server could not be started: {error}"))
        })?;
    runtime.block_on(serve(room, args.port, console))
}

struct ReadingRoom {
    site: Site<'static>,
    port: u16,
}

async fn serve(mut room: ReadingRoom, port: u16, console: &mut Console) -> Result<(), Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let failed = |error: std::io::Error| {
        Failure::unfinished(format!("{address} cannot be used: {error}"))
            .hint("Let the system choose a port:  kua serve --port 0")
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    room.port = listener.local_addr().map_err(failed)?.port();
    console.line(&format!("The reading room:  http://127.0.0.1:{}/", room.port))?;
    console.line("Only this machine can see it. Stop it with Ctrl-C.")?;
    std::io::Write::flush(&mut console.out)?;
    let app = Router::new().fallback(answer).with_state(Arc::new(room));
    axum::serve(listener, app).with_graceful_shutdown(stopped()).await.map_err(failed)
}

async fn stopped() {
    // Without a handler Ctrl-C ends the program at once, which is as good.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn answer(State(room): State<Arc<ReadingRoom>>, request: Request) -> Response<Body> {
    let is_head = request.method() == Method::HEAD;
    if !is_head && request.method() != Method::GET {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Pages can only be read.\n");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    if !is_own_address(&request, room.port) {
        // A page elsewhere that points its own name at 127.0.0.1 must not read the case.
        return plain(StatusCode::MISDIRECTED_REQUEST, "This address is not the reading room's.\n");
    }
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str()).to_owned();
    // Pages are computed, not awaited: they must not hold up the others.
    let page = tokio::task::spawn_blocking(move || {
        Route::parse(&address).and_then(|route| room.site.page(&route))
    });
    match page.await {
        Ok(Some(page)) => {
            let body = if is_head { Body::empty() } else { Body::from(page.html) };
            with_headers(StatusCode::OK, page.content_type, body)
        }
        Ok(None) => plain(StatusCode::NOT_FOUND, "There is no such page.\n"),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "kua failed on this page.\n"),
    }
}

fn is_own_address(request: &Request, port: u16) -> bool {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| {
        host == format!("127.0.0.1:{port}") || host == format!("localhost:{port}")
    })
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    with_headers(status, "text/plain; charset=utf-8", Body::from(text))
}

fn with_headers(status: StatusCode, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in HEADERS {
        if let Ok(name) = header::HeaderName::from_bytes(name.as_bytes()) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}
