//! The sections of the form for an integration: shown with what is stored or was typed, and read back into a patch.

use std::collections::BTreeMap;

use maud::{Markup, html};
use secrecy::SecretString;

use super::integrations::{account, over_all, rejected};
use super::names::{LOST, MAPPING_ROWS, PROXY, REVISION, SECRET, SETTING, STORED_DATE};
use super::naming;
use super::session::Administering;
use super::values::{DATE, RULE, Values, YES, ticked};
use crate::naming::mappings as mappings_of;
use crate::operate::administration::{FeaturesPatch, IntegrationPatch, NewCredential, RulesPatch};
use crate::pages::fields::{self, AS_TYPED, described_by, errors, labelled, line};
use crate::pages::form::Fields;
use crate::pages::kind::secret;
use crate::pages::words;
use crate::problem::Problem;
use crate::view::MappingView;
use model::{
    DisplayName, Field, Input, IntegrationRecord, Kind, NetworkRules, Projects, Revision, Rules, SiteProjects,
    Timestamp,
};

/// In place of projects, where there is none that the integration is open to. No project is called so.
const NO_PROJECT: &str = "none";
/// Rows for mappings that are offered beside those there are.
const EMPTY_ROWS: usize = 3;
/// Most rows of a form: all that can be stored, and some that are refused.
const MAX_ROWS: usize = 600;

/// A field of a mapping: in the form, in what is stored, and an example.
pub(super) struct Column {
    name: &'static str,
    /// As the API and the audit log have it.
    pub member: &'static str,
    example: &'static str,
}

/// All of them, in their order.
pub(super) const MAPPING_COLUMNS: [Column; 5] = [
    Column { name: "project", member: "project", example: "ABC" },
    Column { name: "component", member: "component", example: "" },
    Column { name: "repository", member: "repository", example: "octo-org/hello-world" },
    Column { name: "base", member: "base", example: "main" },
    Column { name: "template", member: "branch_template", example: "${issuekey}-${summary}" },
];

fn mapping_name(row: usize, column: &str) -> String {
    format!("mapping-{row}-{column}")
}

/// The revision that the form was made of.
pub(super) fn revision_of(fields: &Fields) -> Option<Revision> {
    fields.text(REVISION).parse().ok().map(Revision::of_entry)
}

fn lines(name: &str, label: &str, value: &str, help: &str, problem: Option<&Problem>) -> Markup {
    let id = format!("field-{name}");
    let (described_by, is_wrong) = described_by(&id, name, !help.is_empty(), problem);
    let control = html! {
        textarea id=(id) name=(name) rows="4" spellcheck="false" aria-describedby=[described_by]
            aria-invalid=[is_wrong.then_some("true")] { (AS_TYPED) (value) }
    };
    labelled(&id, label, false, help, name, problem, control)
}

fn tick(name: &str, label: &str, is_ticked: bool, help: &str, problem: Option<&Problem>) -> Markup {
    let id = format!("field-{name}");
    let (described_by, is_wrong) = described_by(&id, name, !help.is_empty(), problem);
    html! {
        div .field {
            div .choice {
                input id=(id) name=(name) type="checkbox" value=(YES) checked[is_ticked]
                    aria-describedby=[described_by] aria-invalid=[is_wrong.then_some("true")];
                " "
                label for=(id) { (label) }
            }
            @if !help.is_empty() { p .help id={ (id) "-help" } { (help) } }
            (errors(&id, name, problem))
        }
    }
}

// --- Rules -----------------------------------------------------------------------------------------------------------

/// *Personal Access Token*.
///
/// `stored`: as they are, whatever they would be.
pub(super) fn rules_fields(rules: &Rules, stored: &Rules, values: Values<'_>, problem: Option<&Problem>) -> Markup {
    let from = rules.require_user_pat_from.map(Timestamp::day).unwrap_or_default();
    let from = values.text(DATE, &from);
    // The one that was shown beside what was typed, whatever is stored by now.
    let stored = stored.require_user_pat_from.map(written).unwrap_or_default();
    let stored = values.text(STORED_DATE, &stored);
    html! {
        input type="hidden" name=(STORED_DATE) value=(stored);
        (tick(RULE, words::REQUIRE_USER_PAT, values.is_ticked(RULE, rules.require_user_pat), words::REQUIRE_MEANS, problem))
        (fields::day(DATE, words::GRACE_DATE, &from, words::GRACE_MEANS, None, problem))
        (tick("enforce_git_permissions", words::ENFORCE, values.is_ticked("enforce_git_permissions", rules.enforce_git_permissions), words::ENFORCE_MEANS, problem))
    }
}

/// The day where it begins with it, else the time.
fn written(from: Timestamp) -> String {
    let day = from.day();
    if Timestamp::parse(&day) == Some(from) { day } else { from.to_string() }
}

/// As they were filled in.
pub(super) fn rules_of(fields: &Fields) -> Result<Rules, Problem> {
    let day = fields.day(DATE)?;
    let require_user_pat = ticked(fields, RULE);
    // The API takes a time on that day, which a form does not show: it stays with its day.
    let stored = fields.filled(STORED_DATE).and_then(Timestamp::parse);
    let kept = stored.filter(|stored| day.is_some_and(|day| stored.day() == day.day()));
    let (from, is_new) = (kept.or(day), day.is_some() && kept.is_none());
    if is_new && !require_user_pat {
        return Err(Problem::invalid(DATE, words::DATE_NEEDS_THE_RULE));
    }
    Ok(Rules {
        require_user_pat,
        // A date is of no use without the rule, and goes with it.
        require_user_pat_from: from.filter(|_| require_user_pat),
        enforce_git_permissions: ticked(fields, "enforce_git_permissions"),
    })
}

// --- The whole form --------------------------------------------------------------------------------------------------

/// All sections of an integration's form.
pub(super) struct Form<'a> {
    pub at: &'a Administering,
    /// As it would be.
    pub record: &'a IntegrationRecord,
    /// As it is; none where there is no such integration yet.
    pub stored: Option<&'a IntegrationRecord>,
    pub kind: &'a Kind,
    pub problem: Option<&'a Problem>,
    /// What was typed, if anything was.
    pub values: Values<'a>,
    /// The rules over all, where they are told.
    pub over_all: Option<&'a Rules>,
    /// The field for the id, where there is no such integration yet.
    pub new_id: Option<Markup>,
    /// The issue to try the branch template with; empty where there is none.
    pub issue: &'a str,
    /// A credential was typed, and is typed no more.
    pub lost_credential: bool,
}

impl Form<'_> {
    /// All of it, but for its buttons.
    pub fn markup(&self) -> Markup {
        let (record, values) = (self.record, self.values);
        html! {
            (section(words::SECTION_GENERAL, html! {
                (line("name", words::NAME, &values.text("name", if self.stored.is_some() { record.name.as_str() } else { "" }), "", true, self.problem))
                @if let Some(id) = &self.new_id { (id) }
                @for field in &self.kind.settings { (self.setting(field)) }
            }))
            (section(words::SECTION_PAT, html! {
                @if let Some(rules) = self.over_all.filter(|rules| rules.require_user_pat) {
                    p .told { (over_all(rules, self.at.app.clock.now())) }
                }
                (rules_fields(&record.rules, self.stored.map_or(&record.rules, |stored| &stored.rules), values, self.problem))
            }))
            (section(words::SECTION_ACCOUNT, self.credential()))
            (section(words::SECTION_PROJECTS, self.projects()))
            (section(words::SECTION_BRANCHES, html! {
                (tick("create_branches", words::CREATE_BRANCHES, values.is_ticked("create_branches", record.features.create_branches), "", self.problem))
                (tick("delete_branches", words::DELETE_BRANCHES, values.is_ticked("delete_branches", record.features.delete_branches), "", self.problem))
                (naming::fields(self.at, &record.naming, self.kind, values, self.issue, self.problem))
            }))
            (section(words::SECTION_PULL_REQUESTS, tick("create_pull_requests", words::CREATE_PULL_REQUESTS, values.is_ticked("create_pull_requests", record.features.create_pull_requests), "", self.problem)))
            (section(words::SECTION_MAPPING, self.mappings()))
            (section(words::SECTION_NETWORK, self.network()))
        }
    }

    fn setting(&self, field: &Field) -> Markup {
        let stored = self.record.settings.get(&field.name).map_or("", String::as_str);
        let value = self.values.text(&format!("{SETTING}{}", field.name), stored);
        self.of_kind(SETTING, field, &value)
    }

    fn of_kind(&self, prefix: &str, field: &Field, value: &str) -> Markup {
        let name = format!("{prefix}{}", field.name);
        let id = format!("field-{name}");
        // The problem calls the field by its own name.
        let (described_by, is_wrong) = described_by(&id, &field.name, !field.help.is_empty(), self.problem);
        let invalid = is_wrong.then_some("true");
        let is_secret = field.input == Input::Secret;
        let control = html! {
            @if let Input::Choice(choices) = &field.input {
                select id=(id) name=(name) aria-describedby=[described_by] aria-invalid=[invalid] {
                    option value="" { (words::NONE) }
                    @for choice in choices { option value=(choice) selected[choice == value] { (choice) } }
                }
            } @else {
                input id=(id) name=(name) type=(if is_secret { "password" } else { "text" })
                    value=[(!is_secret).then_some(value)] placeholder=(field.example) autocomplete="off"
                    autocapitalize="none" spellcheck="false" aria-describedby=[described_by] aria-invalid=[invalid];
            }
        };
        labelled(
            &id,
            &field.label,
            field.required && prefix == SETTING,
            &field.help,
            &field.name,
            self.problem,
            control,
        )
    }

    fn credential(&self) -> Markup {
        html! {
            @if let Some(stored) = self.stored {
                p .faint { (words::ACCOUNT_MEANS) " " (account(stored)) }
                (rejected(stored))
            }
            // The script takes it away where it keeps what was typed.
            @if self.lost_credential {
                p .told.wrong data-lost="" { (words::CREDENTIAL_NOT_KEPT) }
                input type="hidden" name=(LOST) value=(YES) data-lost="";
            }
            @for field in &self.kind.credential { (self.of_kind(SECRET, field, "")) }
            @if self.stored.is_some_and(|stored| stored.own_given_to.is_some()) { (tick("remove_credential", words::REMOVE_CREDENTIAL, self.values.is_ticked("remove_credential", false), words::REMOVE_CREDENTIAL_MEANS, self.problem)) }
        }
    }

    fn projects(&self) -> Markup {
        let text = match &self.record.projects {
            Projects::All => String::new(),
            Projects::Only(some) if some.is_empty() => NO_PROJECT.to_owned(),
            Projects::Only(some) => some.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        };
        lines("projects", words::PROJECTS, &self.values.text("projects", &text), words::PROJECTS_HELP, self.problem)
    }

    fn mappings(&self) -> Markup {
        let mappings = self.record.mappings.as_slice();
        let typed = self.values.text(MAPPING_ROWS, "").parse().unwrap_or_default();
        let rows = (mappings.len() + EMPTY_ROWS).max(typed).min(MAX_ROWS);
        self.values.note(MAPPING_ROWS, &rows.to_string());
        html! {
            p .faint { (words::MAPPING_MEANS) }
            (errors("field-mappings", "mappings", self.problem))
            input type="hidden" name=(MAPPING_ROWS) value=(rows);
            div .mappings {
                @for (row, typed_in) in self.mapping_rows(rows).into_iter().enumerate() {
                    @let stored = mappings.get(row).map(MappingView::from);
                    fieldset .mapping {
                        legend { (words::mapping(row + 1)) }
                        @for column in &MAPPING_COLUMNS { (self.of_mapping(row, typed_in, column, stored.as_ref())) }
                    }
                }
            }
        }
    }

    /// In which row of the form as it was sent each row was typed: those with nothing in them are none, and come last.
    fn mapping_rows(&self, rows: usize) -> Vec<usize> {
        let is_filled = |row: &usize| {
            let of = |column: &str| self.values.text(&mapping_name(*row, column), "");
            MAPPING_COLUMNS.iter().any(|column| !of(column.name).trim().is_empty())
        };
        let (filled, empty): (Vec<_>, Vec<_>) = (0..rows).partition(is_filled);
        [filled, empty].concat()
    }

    fn of_mapping(&self, row: usize, typed_in: usize, column: &Column, stored: Option<&MappingView>) -> Markup {
        let name = mapping_name(row, column.name);
        let stored = stored.map(|view| of_mapping(view, column.name)).unwrap_or_default();
        let value = self.values.text(&mapping_name(typed_in, column.name), &stored);
        let field = self.wrong_in_mapping(row, column);
        let (described_by, is_wrong) = described_by(&name, &field, false, self.problem);
        html! {
            div {
                label for=(name) { (words::mapping_column(column.member)) span .hidden { ", " (words::row(row + 1)) } }
                input id=(name) type="text" name=(name) value=(value) placeholder=[(row == 0).then_some(column.example)]
                    autocomplete="off" spellcheck="false" aria-describedby=[described_by]
                    aria-invalid=[is_wrong.then_some("true")];
                (errors(&name, &field, self.problem))
            }
        }
    }

    /// What a problem calls a field of a mapping. What is wrong with all of one is said at its first field.
    fn wrong_in_mapping(&self, row: usize, column: &Column) -> String {
        let (whole, member) = (format!("mappings[{row}]"), format!("mappings[{row}].{}", column.member));
        let is_of_whole = self.problem.is_some_and(|problem| problem.at_field(&whole).next().is_some());
        if is_of_whole && column.name == MAPPING_COLUMNS[0].name { whole } else { member }
    }

    fn network(&self) -> Markup {
        let (network, origins, values) = (&self.record.network, &self.record.connection.origins, self.values);
        let connect_to: Vec<String> = network.connect_to.iter().map(|(from, to)| format!("{from} = {to}")).collect();
        html! {
            @if !origins.is_empty() {
                p { (words::REACHES) " "
                    @for (index, origin) in origins.iter().enumerate() { @if index > 0 { ", " } code { (origin.url) } }
                }
            }
            (tick("allow_private", words::ALLOW_PRIVATE, values.is_ticked("allow_private", network.allow_private), words::ALLOW_PRIVATE_MEANS, self.problem))
            (tick("allow_http", words::ALLOW_HTTP, values.is_ticked("allow_http", network.allow_http), words::ALLOW_HTTP_MEANS, self.problem))
            (lines("connect_to", words::CONNECT_TO, &values.text("connect_to", &connect_to.join("\n")), words::CONNECT_TO_HELP, self.problem))
            (line(PROXY, words::PROXY, &values.text(PROXY, network.proxy.as_deref().unwrap_or_default()), words::PROXY_HELP, false, self.problem))
            (lines("ca_pem", words::CA, &values.text("ca_pem", network.ca_pem.as_deref().unwrap_or_default()), words::CA_HELP, self.problem))
        }
    }
}

fn of_mapping(view: &MappingView, column: &str) -> String {
    match column {
        "project" => view.project.clone(),
        "component" => view.component.clone().unwrap_or_default(),
        "repository" => view.repository.clone().unwrap_or_default(),
        "base" => view.base.clone().unwrap_or_default(),
        _ => view.branch_template.clone().unwrap_or_default(),
    }
}

fn section(title: &str, fields: Markup) -> Markup {
    html! { fieldset { legend { h2 { (title) } } (fields) } }
}

/// The whole form as a patch: nothing of it stays as it was but a credential that was not typed.
pub(super) fn patch(fields: &Fields, kind: &Kind, credential: &Credential) -> Result<IntegrationPatch, Problem> {
    let secrets = credential.secrets(kind)?;
    let name = DisplayName::parse(fields.text("name").trim());
    let settings = kind.settings.iter().filter_map(|field| {
        let value = fields.filled(&format!("{SETTING}{}", field.name))?;
        Some((field.name.clone(), value.to_owned()))
    });
    let is_removed = ticked(fields, "remove_credential");
    if is_removed && !secrets.is_empty() {
        return Err(Problem::invalid("remove_credential", words::NEW_AND_REMOVED));
    }
    let credential = if !secrets.is_empty() {
        NewCredential::Replace(secrets)
    } else if is_removed {
        NewCredential::Remove
    } else {
        NewCredential::Keep
    };
    let naming = naming::of(|name| fields.filled(name).map(str::to_owned))?;
    Ok(IntegrationPatch {
        name: Some(name.map_err(|error| Problem::invalid("name", error.to_string()))?),
        settings: Some(settings.collect()),
        network: Some(network(fields)?),
        projects: Some(projects(fields)?),
        rules: RulesPatch::whole(rules_of(fields)?),
        features: FeaturesPatch {
            create_branches: Some(ticked(fields, "create_branches")),
            delete_branches: Some(ticked(fields, "delete_branches")),
            create_pull_requests: Some(ticked(fields, "create_pull_requests")),
        },
        branch_template: Some(naming.template),
        branch_separator: Some(naming.separator),
        branch_letters: Some(naming.letters),
        branch_max_length: Some(naming.max_length),
        mappings: Some(mappings_of(mappings(fields))?),
        credential,
    })
}

/// The credential of a form, which no page repeats.
pub(super) struct Credential {
    /// By the names of its fields, of whatever kind.
    secrets: BTreeMap<String, SecretString>,
    /// One was typed into the form before this one, and nothing was stored since.
    was_typed: bool,
    /// Whether the pressed button stores what is typed.
    stores: bool,
}

impl Credential {
    /// Takes it out of what was sent.
    pub fn of(fields: &mut Fields, stores: bool) -> Self {
        let names: Vec<String> = fields.names().filter(|name| name.starts_with(SECRET)).map(str::to_owned).collect();
        let mut secrets = BTreeMap::new();
        for name in names {
            let is_filled = fields.filled(&name).is_some();
            if let Some(value) = fields.take(&name).filter(|_| is_filled) {
                secrets.insert(name[SECRET.len()..].to_owned(), value);
            }
        }
        Self { secrets, was_typed: fields.take(LOST).is_some(), stores }
    }

    /// Whether there is one now.
    pub fn is_typed(&self) -> bool {
        !self.secrets.is_empty()
    }

    /// Whether it has to be typed once more into the form that is shown next.
    pub fn is_lost(&self) -> bool {
        self.is_typed() || (self.was_typed && !self.stores)
    }

    /// The fields that were typed into and that this kind has not.
    pub fn of_another_kind(&self, kind: &Kind) -> Vec<String> {
        let is_of = |name: &str| kind.credential.iter().any(|field| field.name == name);
        self.secrets.keys().filter(|name| !is_of(name)).cloned().collect()
    }

    /// The fields of it. One that was typed before is not left out unseen: nothing is stored yet.
    fn secrets(&self, kind: &Kind) -> Result<BTreeMap<String, SecretString>, Problem> {
        if self.stores && self.was_typed && !self.is_typed() {
            let field = secret(kind).map_or("credential", |field| &field.name);
            return Err(Problem::invalid(field, words::CREDENTIAL_AGAIN));
        }
        let of_kind = |field: &Field| Some((field.name.clone(), self.secrets.get(&field.name)?.clone()));
        Ok(kind.credential.iter().filter_map(of_kind).collect())
    }
}

fn projects(fields: &Fields) -> Result<Projects, Problem> {
    if fields.text("projects").trim() == NO_PROJECT {
        return Ok(Projects::Only(Vec::new()));
    }
    let mut some: Vec<SiteProjects> = Vec::new();
    for text in fields.text("projects").split([',', ' ', '\t', '\r', '\n']).filter(|text| !text.is_empty()) {
        let read = SiteProjects::parse(text);
        let one = read.map_err(|error| Problem::invalid("projects", format!("“{text}”: {error}")))?;
        if !some.contains(&one) {
            some.push(one);
        }
    }
    Ok(if some.is_empty() { Projects::All } else { Projects::Only(some) })
}

fn network(fields: &Fields) -> Result<NetworkRules, Problem> {
    let mut connect_to = BTreeMap::new();
    for line in fields.text("connect_to").lines().map(str::trim).filter(|line| !line.is_empty()) {
        let pair = line.split_once('=').ok_or_else(|| Problem::invalid("connect_to", words::NO_PAIR))?;
        let (from, to) = (pair.0.trim().to_owned(), pair.1.trim().to_owned());
        if let Some(before) = connect_to.insert(from.clone(), to.clone())
            && before != to
        {
            return Err(Problem::invalid("connect_to", format!("{} {from}.", words::TWICE)));
        }
    }
    Ok(NetworkRules {
        allow_private: ticked(fields, "allow_private"),
        allow_http: ticked(fields, "allow_http"),
        // To the byte, but for how browsers end lines: what nobody touched is no change.
        ca_pem: fields.filled("ca_pem").map(|_| fields.text("ca_pem").replace("\r\n", "\n")),
        connect_to,
        proxy: fields.filled(PROXY).map(str::to_owned),
        inherited_proxy: None,
    })
}

/// Rows with nothing in them are none.
fn mappings(fields: &Fields) -> Vec<MappingView> {
    let rows: usize = fields.text(MAPPING_ROWS).parse().unwrap_or_default();
    let of = |row: usize, column: &str| fields.filled(&mapping_name(row, column)).map(str::to_owned);
    let read = (0..rows.min(MAX_ROWS)).map(|row| MappingView {
        project: of(row, "project").unwrap_or_default(),
        component: of(row, "component"),
        repository: of(row, "repository"),
        base: of(row, "base"),
        branch_template: of(row, "template"),
    });
    read.filter(|view| {
        !view.project.is_empty()
            || [&view.component, &view.repository, &view.base, &view.branch_template].iter().any(|one| one.is_some())
    })
    .collect()
}
