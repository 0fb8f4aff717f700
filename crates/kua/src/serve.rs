//! The reading room: pages of the last build on 127.0.0.1. Reads only, keeps nothing of the
//! reader, answers only to its own address. Every page is of the present edition of the case: one
//! asked for after a name was withheld does not show it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use kua_case::publish::{Found, HEADERS, Page, Route, Site};
use kua_case::{Case, CaseError, Edition};
use tokio::net::TcpListener;

use crate::args::Serve;
use crate::commands::STALE;
use crate::console::Console;
use crate::failure::Failure;

/// Serves the pages of `case` until Ctrl-C.
pub(crate) fn run(args: &Serve, case: Case, console: &mut Console) -> Result<(), Failure> {
    let edition = case.edition()?;
    let loaded = case.chronicle_with_proofs()?;
    if loaded.is_stale {
        console.remark(STALE);
    }
    let shelf = Shelf { edition, site: Site::owning(loaded.chronicle) };
    let room = ReadingRoom { shelf: RwLock::new(Arc::new(shelf)), case, port: 0 };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
            Failure::unfinished(format!("the server could not be started: {error}"))
        })?;
    runtime.block_on(serve(room, args.port, console))
}

/// Passages a search lists at most.
const PASSAGES: usize = 50;
/// Characters of a query that are read.
const QUERY: usize = 400;

struct ReadingRoom {
    shelf: RwLock<Arc<Shelf>>,
    case: Case,
    port: u16,
}

/// The pages of one edition of the case.
struct Shelf {
    edition: Edition,
    site: Site<'static>,
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
    if request.method() != Method::HEAD && request.method() != Method::GET {
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
    let found = tokio::task::spawn_blocking(move || room.page(&address)).await;
    let (status, page) = found.unwrap_or_else(|_| {
        (StatusCode::INTERNAL_SERVER_ERROR, words_only("kua failed on this page.\n"))
    });
    // A HEAD answer goes through the same body: hyper sends its length and not its bytes.
    with_headers(status, page.content_type, Body::from(page.html))
}

impl ReadingRoom {
    /// The page at an address, or the one that says there is none.
    fn page(&self, address: &str) -> (StatusCode, Page) {
        // An old page may hold a name that has been withheld since: rather none.
        let Ok(shelf) = self.shelf() else {
            return (
                StatusCode::SERVICE_UNAVAILABLE,
                words_only("The case cannot be read now. Run:  kua status\n"),
            );
        };
        let site = &shelf.site;
        let found = match Route::parse(address) {
            Some(Route::Search { query }) if !query.trim().is_empty() => {
                return self.found(site, &query);
            }
            Some(Route::Search { .. }) => site.page(&Route::Search { query: String::new() }),
            Some(route) => site.page(&route),
            None => None,
        };
        match found {
            Some(page) => (StatusCode::OK, page),
            None => (StatusCode::NOT_FOUND, site.not_found()),
        }
    }

    /// The pages of the present edition. Whoever asks first after a change waits until they are
    /// made, and so does everybody who asks meanwhile.
    fn shelf(&self) -> Result<Arc<Shelf>, CaseError> {
        let now = self.case.edition()?;
        {
            let shelf = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
            if shelf.edition == now {
                return Ok(Arc::clone(&shelf));
            }
        }
        let mut shelf = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        // Another may have made them meanwhile. What changes while they are made, the next page
        // notices: the edition is that of before.
        let edition = self.case.edition()?;
        if shelf.edition != edition {
            let site = match self.case.chronicle_with_proofs() {
                Ok(loaded) => Site::owning(loaded.chronicle),
                // In the middle of a build, or the cache was deleted: the last pages go on, but no
                // name on them that has been withheld since.
                Err(CaseError::NotBuilt { .. }) => shelf.site.under(self.case.judgements()?),
                Err(error) => return Err(error),
            };
            *shelf = Arc::new(Shelf { edition, site });
        }
        Ok(Arc::clone(&shelf))
    }

    fn found(&self, site: &Site<'_>, query: &str) -> (StatusCode, Page) {
        // The form takes no more; what is longer was not typed.
        let end = query.char_indices().nth(QUERY).map_or(query.len(), |(end, _)| end);
        let query = query.get(..end).unwrap_or_default();
        match self.case.passages(site.shown(), query, PASSAGES) {
            Ok(found) => {
                let found = Found {
                    query,
                    passages: &found.passages,
                    loosened: found.loosened,
                    limit: PASSAGES,
                };
                (StatusCode::OK, site.search_page(&found))
            }
            Err(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                words_only("The search index cannot be read. Run:  kua build\n"),
            ),
        }
    }
}

/// A page of nothing but words, where the chronicle cannot be used.
fn words_only(words: &str) -> Page {
    Page { title: String::new(), content_type: "text/plain; charset=utf-8", html: words.to_owned() }
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
