//! What is lent is wiped: while a credential is put into a loan and the loan ends, no memory is given back with the secret in
//! it, in any of the forms that it is looked for in replies. A file of its own, because the allocator is the process's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;

use countersign_sandbox::Egress;
use countersign_sandbox::lend::{Lender, Material};
use crypto::{MasterKey, SystemRandom};
use model::policy::permit_integration_check;
use model::{
    BasicUser, BranchRules, Clock, Connection, CredentialFields, Destination, Field, Input, IntegrationId, Kind,
    KindId, NetworkRules, Offers, Origin, Place, Scheme, Settings, TextLimits, Timestamp, UserCredentials,
};

const SECRET: &str = "s3cr/t+of~ann_0123456789";
const USER: &str = "ann";

/// The system's, which is asked meanwhile what stands in the memory it is given back.
struct Watched;

#[global_allocator]
static WATCHED: Watched = Watched;

/// What must not stand there.
static FORMS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
static FOUND: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static IS_WATCHING: Cell<bool> = const { Cell::new(false) };
}

// SAFETY: everything is the system allocator's doing; a piece is looked at while it is still its owner's.
#[allow(unsafe_code, reason = "an allocator is unsafe to write")]
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        if IS_WATCHING.get() {
            let bytes = unsafe { std::slice::from_raw_parts(piece, layout.size()) };
            let holds = |form: &Vec<u8>| bytes.windows(form.len()).any(|window| window == form);
            if FORMS.get().is_some_and(|forms| forms.iter().any(holds)) {
                FOUND.fetch_add(1, Ordering::Relaxed);
            }
        }
        unsafe { System.dealloc(piece, layout) }
    }
}

/// How many pieces of memory were given back with the secret in them.
fn leaving(work: impl FnOnce()) -> usize {
    FOUND.store(0, Ordering::Relaxed);
    IS_WATCHING.set(true);
    work();
    IS_WATCHING.set(false);
    FOUND.load(Ordering::Relaxed)
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(0)
    }
}

fn kind(scheme: Scheme) -> Kind {
    let field = |name: &str, input| Field {
        name: name.into(),
        label: name.into(),
        help: String::new(),
        required: true,
        input,
        example: String::new(),
    };
    Kind {
        id: KindId::parse("forge").unwrap(),
        pull_request_label: "pull request".into(),
        label: "Forge".into(),
        settings: vec![],
        credential: vec![field("user", Input::Text), field("token", Input::Secret)],
        scheme,
        permissions: vec![],
        credential_help: String::new(),
        branch_rules: BranchRules { max_bytes: 250, refuses_commit_ids: false, case_insensitive: false },
        text_limits: TextLimits::default(),
    }
}

fn destination() -> Arc<Destination> {
    let connection = Connection {
        origins: vec![Origin { url: "https://git.test".into(), aws: None }],
        web_url: "https://git.test".into(),
        credential_pages: vec![],
        credential_list_page: None,
        grant: None,
        user_credentials: UserCredentials::Supported,
        offers: Offers::default(),
    };
    Arc::new(Destination {
        integration: IntegrationId::parse("main").unwrap(),
        revision: None,
        kind: KindId::parse("forge").unwrap(),
        settings: Settings::default(),
        place: Place::new(&connection, &NetworkRules::default()),
        ca_pem: None,
    })
}

#[test]
fn p6_a_loan_leaves_nothing_of_what_was_lent_in_memory() {
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let basic = STANDARD.encode(format!("{USER}:{SECRET}"));
    let plain = SECRET.as_bytes().to_vec();
    // As far as base64 is the same whatever follows.
    let encoded = STANDARD.encode(SECRET).into_bytes()[..SECRET.len()].to_vec();
    let percent = utf8_percent_encode(SECRET, NON_ALPHANUMERIC).to_string().into_bytes();
    FORMS.set(vec![plain, percent, hex.into_bytes(), encoded, basic.into_bytes()]).unwrap();
    assert_eq!(leaving(|| drop(std::hint::black_box(SECRET.to_owned()))), 1, "what is not wiped is found");

    let lender = Lender::new(
        &MasterKey::random(&SystemRandom),
        Arc::new(SystemRandom),
        Egress::with_system_certificates(),
        Arc::new(Noon),
    );
    let basic = |user| Scheme::Basic { user, password: "token".into() };
    let schemes = [
        Scheme::Bearer { token: "token".into() },
        Scheme::Header { name: "x-token".into(), value: "token".into() },
        basic(BasicUser::Fixed(USER.into())),
        basic(BasicUser::Field("user".into())),
    ];
    for scheme in schemes {
        let (kind, permit) = (kind(scheme), permit_integration_check(destination()));
        let fields = [("user", USER), ("token", SECRET)];
        let fields: CredentialFields =
            fields.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect();
        let left = leaving(|| drop(lender.lend(permit, &kind, Material::Candidate(fields), "request").unwrap()));
        assert_eq!(left, 0, "{:?}", kind.scheme);
    }
}
