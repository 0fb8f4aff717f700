//! Time stamps of a local authority (`openssl ts`): good ones of every kind of key, and their ugly
//! twins. Second opinion where it is installed: `rfc3161-client` (PyPI).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use common::programs::{interop, python_with, run, skip};
use kua_model::Sha256;
use kua_vault::timestamp::{Rfc3161Error, Roots, rfc3161_request, verify_rfc3161};

const ITEM: &[u8] = b"The market was empty on the fourth of May.";

/// A root and authorities below it, in a scratch folder.
struct Authority {
    folder: tempfile::TempDir,
}

/// What `openssl ca` signs certificates with, and `openssl ts` answers with.
const CONFIG: &str = r"
[ca]
default_ca = issuer
[issuer]
dir = .
database = index
serial = number
new_certs_dir = .
certificate = root.pem
private_key = root.key
default_md = sha256
policy = anything
unique_subject = no
[anything]
commonName = supplied
organizationName = optional
[req]
distinguished_name = name
prompt = no
[name]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
[mail]
basicConstraints = CA:false
extendedKeyUsage = critical, emailProtection
[both]
basicConstraints = CA:false
extendedKeyUsage = critical, timeStamping, emailProtection
[tsa]
default_tsa = here
[here]
serial = stamps
crypto_device = builtin
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_digest = sha256
accuracy = secs:1
";

impl Authority {
    fn new() -> Option<Authority> {
        run("openssl", &["version"])?;
        let authority = Authority { folder: tempfile::tempdir().unwrap() };
        fs::write(authority.at("ca.cnf"), CONFIG).unwrap();
        fs::write(authority.at("index"), "").unwrap();
        fs::write(authority.at("number"), "01\n").unwrap();
        fs::write(authority.at("stamps"), "0A\n").unwrap();
        fs::write(authority.at("item"), ITEM).unwrap();
        authority.root("root", "rsa:2048");
        Some(authority)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.at(name)).unwrap()
    }

    fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "openssl {arguments}: {said}");
    }

    fn root(&self, name: &str, key: &str) {
        self.openssl(&format!(
            "req -x509 -newkey {key} -nodes -keyout {name}.key -out {name}.pem -days 3650 \
             -subj /CN=Root-{name}/O=Invented -config ca.cnf -extensions root"
        ));
    }

    /// Certificate and key `name`, with these options of `openssl req` for the key.
    fn certificate(&self, name: &str, key: &str, extensions: &str, dates: &str) {
        self.openssl(&format!(
            "req -new -newkey {key} -nodes -keyout {name}.key -out {name}.csr \
             -subj /CN=Stamper-{name}/O=Invented -config ca.cnf"
        ));
        self.openssl(&format!(
            "ca -batch -notext -config ca.cnf -in {name}.csr -out {name}.pem -extensions {extensions} {dates}"
        ));
    }

    /// Stamps our own request for the item with the certificate `name`.
    fn stamp(&self, name: &str, options: &str) -> Vec<u8> {
        fs::write(self.at("request.tsq"), rfc3161_request(Sha256::of(ITEM).as_bytes())).unwrap();
        self.openssl(&format!(
            "ts -reply -config ca.cnf -queryfile request.tsq -signer {name}.pem -inkey {name}.key \
             -out {name}.tsr {options}"
        ));
        self.read(&format!("{name}.tsr"))
    }

    fn roots(&self, name: &str) -> Roots {
        let mut roots = Roots::default();
        assert!(roots.add(&self.read(name)));
        roots
    }
}

const TEN_YEARS: &str = "-days 3000";

#[test]
fn stamps_by_every_usual_key_are_proved() {
    let Some(authority) = Authority::new() else { return };
    let roots = authority.roots("root.pem");
    for (name, key, options) in [
        ("rsa", "rsa:2048", ""),
        ("rsa4", "rsa:3072", "-sha512"),
        ("p256", "ec -pkeyopt ec_paramgen_curve:P-256", "-sha256"),
        ("p384", "ec -pkeyopt ec_paramgen_curve:P-384", "-sha384"),
    ] {
        authority.certificate(name, key, "stamping", TEN_YEARS);
        let response = authority.stamp(name, &format!("{options} -chain root.pem"));
        let stamp = verify_rfc3161(&response, ITEM, &roots).unwrap();
        assert_eq!(stamp.authority, format!("Invented, Stamper-{name}"));
        assert_eq!(stamp.root.as_deref(), Some("Invented, Root-root"));
        assert_eq!((stamp.policy.as_str(), stamp.is_bare), ("1.2.3.4.1", false));
        assert!(stamp.time.starts_with("20") && stamp.time.ends_with('Z'));
        // Without roots the rest is proved, and that is said.
        assert_eq!(verify_rfc3161(&response, ITEM, &Roots::default()).unwrap().root, None);
        // OpenSSL agrees, by the line that kua prints.
        authority.openssl(&format!(
            "ts -verify -data item -in {name}.tsr -CAfile root.pem -attime {}",
            stamp.unix
        ));
        // Another library agrees, too.
        if let Some(python) = python_with("rfc3161_client") {
            let program = interop("verify_stamp.py");
            let (item, tsr) = (authority.at("item"), authority.at(&format!("{name}.tsr")));
            let (root, own) = (authority.at("root.pem"), authority.at(&format!("{name}.pem")));
            // It wants the certificates sorted, which OpenSSL leaves as they come: one only.
            authority.stamp(name, options);
            let said = run(&python, &[&program, &item, &tsr, &root, &own]).unwrap();
            assert!(said.fine, "{}", said.text);
        }
    }
    // A bare token, as some tools store it.
    authority.openssl("ts -reply -in rsa.tsr -token_out -out rsa.token");
    let stamp = verify_rfc3161(&authority.read("rsa.token"), ITEM, &roots).unwrap();
    assert!(stamp.is_bare);
    authority.openssl("ts -verify -data item -in rsa.token -token_in -CAfile root.pem");
}

#[test]
fn our_request_is_the_one_openssl_makes() {
    let Some(authority) = Authority::new() else { return };
    authority.openssl("ts -query -data item -sha256 -cert -no_nonce -out theirs.tsq");
    assert_eq!(rfc3161_request(Sha256::of(ITEM).as_bytes()), authority.read("theirs.tsq"));
}

#[test]
fn what_has_expired_since_was_valid_at_the_time_of_the_stamp() {
    let Some(authority) = Authority::new() else { return };
    let roots = authority.roots("root.pem");
    let date = |offset: &str| {
        let output = Command::new("date").args(["-u", "-d", offset, "+%Y%m%d%H%M%SZ"]).output();
        String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
    };
    authority.certificate(
        "brief",
        "rsa:2048",
        "stamping",
        &format!("-enddate {}", date("4 seconds")),
    );
    let response = authority.stamp("brief", "");
    std::thread::sleep(std::time::Duration::from_secs(6));
    let stamp = verify_rfc3161(&response, ITEM, &roots).unwrap();
    // OpenSSL needs to be told the time, or refuses.
    let verify = "ts -verify -data item -in brief.tsr -CAfile root.pem";
    authority.openssl(&format!("{verify} -attime {}", stamp.unix));
    let now = Command::new("openssl")
        .args(verify.split_whitespace())
        .current_dir(authority.folder.path())
        .output();
    assert!(!now.unwrap().status.success());

    // The other way round: expired already when it stamped.
    let dates = format!("-startdate {} -enddate {}", date("3 days ago"), date("2 days ago"));
    authority.certificate("late", "rsa:2048", "stamping", &dates);
    let response = authority.stamp("late", "");
    let error = verify_rfc3161(&response, ITEM, &roots).unwrap_err();
    assert!(
        matches!(&error, Rfc3161Error::Chain { reason, .. } if reason.contains("expired")),
        "{error}"
    );
    let dates = format!("-startdate {} -enddate {}", date("2 days"), date("3 days"));
    authority.certificate("early", "rsa:2048", "stamping", &dates);
    let response = authority.stamp("early", "");
    let error = verify_rfc3161(&response, ITEM, &roots).unwrap_err();
    assert!(error.to_string().contains("not valid yet"), "{error}");
}

#[test]
fn the_ugly_twins_are_refused() {
    let Some(authority) = Authority::new() else { return };
    let roots = authority.roots("root.pem");
    authority.certificate("good", "rsa:2048", "stamping", TEN_YEARS);
    let response = authority.stamp("good", "");

    let error = verify_rfc3161(&response, b"Another letter.", &roots).unwrap_err();
    assert!(matches!(error, Rfc3161Error::Imprint { .. }), "{error}");
    authority.root("stranger", "rsa:2048");
    let error = verify_rfc3161(&response, ITEM, &authority.roots("stranger.pem")).unwrap_err();
    assert!(matches!(error, Rfc3161Error::Chain { .. }), "{error}");
    // A root of the same name with another key.
    let impostor = Authority::new().unwrap();
    let error = verify_rfc3161(&response, ITEM, &impostor.roots("root.pem")).unwrap_err();
    assert!(matches!(error, Rfc3161Error::Chain { .. }), "{error}");

    for (name, extensions) in [("mail", "mail"), ("both", "both")] {
        // openssl ts itself refuses to stamp with these: the certificate is changed after its check.
        authority.certificate(name, "rsa:2048", extensions, TEN_YEARS);
        let certificate = authority.read(&format!("{name}.pem"));
        let Some(response) = stamped_by_hand(&authority, name, &certificate) else {
            return skip("openssl", "openssl cms cannot sign a time stamp by hand");
        };
        let error = verify_rfc3161(&response, ITEM, &roots).unwrap_err();
        let expected = matches!(
            error,
            Rfc3161Error::NotForTimeStamping { .. } | Rfc3161Error::OtherCertificate
        );
        assert!(expected, "{name}: {error}");
    }

    authority.openssl("ts -query -data item -sha256 -no_nonce -out nocert.tsq");
    authority.openssl(
        "ts -reply -config ca.cnf -queryfile nocert.tsq -signer good.pem -inkey good.key -out nocert.tsr",
    );
    let error = verify_rfc3161(&authority.read("nocert.tsr"), ITEM, &roots).unwrap_err();
    assert_eq!(error, Rfc3161Error::NoCertificate);
    fs::write(
        authority.at("odd.cnf"),
        CONFIG.replace("digests = sha256, sha384, sha512", "digests = sha512"),
    )
    .unwrap();
    authority.openssl(
        "ts -reply -config odd.cnf -queryfile nocert.tsq -signer good.pem -inkey good.key -out refused.tsr",
    );
    let error = verify_rfc3161(&authority.read("refused.tsr"), ITEM, &roots).unwrap_err();
    assert_eq!(error, Rfc3161Error::Refused { status: 2 });
}

#[test]
fn any_byte_changed_or_cut_off_is_refused_or_was_not_vouched_for() {
    let Some(authority) = Authority::new() else { return };
    let roots = authority.roots("root.pem");
    authority.certificate("p256", "ec -pkeyopt ec_paramgen_curve:P-256", "stamping", TEN_YEARS);
    let response = authority.stamp("p256", "");
    let good = verify_rfc3161(&response, ITEM, &roots).unwrap();
    for cut in 0..response.len() {
        assert!(verify_rfc3161(&response[..cut], ITEM, &roots).is_err(), "cut at {cut}");
    }
    let mut unvouched = 0;
    for at in 0..response.len() {
        let mut changed = response.clone();
        changed[at] ^= 1;
        // Versions and the like stand outside what is signed; what is said must be the same.
        if let Ok(stamp) = verify_rfc3161(&changed, ITEM, &roots) {
            assert_eq!(stamp, good, "byte {at}");
            unvouched += 1;
        }
    }
    assert!(unvouched < 40, "{unvouched}");
}

/// A response signed with a certificate `openssl ts` would not sign with.
fn stamped_by_hand(authority: &Authority, name: &str, certificate: &[u8]) -> Option<Vec<u8>> {
    // The content of a good stamp, signed anew.
    authority.openssl("ts -reply -in good.tsr -token_out -out good.token");
    authority.openssl("cms -verify -in good.token -inform DER -noverify -binary -out info.der");
    fs::write(authority.at("own.pem"), certificate).ok()?;
    let output = Command::new("openssl")
        .args("cms -sign -in info.der -binary -nodetach -outform DER -cades -econtent_type 1.2.840.113549.1.9.16.1.4".split(' '))
        .args(["-signer", "own.pem", "-inkey", &format!("{name}.key"), "-out", "hand.token"])
        .current_dir(authority.folder.path())
        .output()
        .ok()?;
    output.status.success().then(|| authority.read("hand.token"))
}
