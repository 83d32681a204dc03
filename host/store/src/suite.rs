//! What every store promises, tested alike on every backend.
//!
//! A backend's tests call [`every_promise!`] with a function that opens an empty store. A promise that is missing from the
//! list is dead code, which the build refuses.

pub(super) mod admin_sessions;
pub(super) mod admin_tokens;
pub(super) mod audit;
pub(super) mod connectors;
pub(super) mod integrations;
pub(super) mod operations;
pub(super) mod pats;
pub(super) mod providers;
pub(super) mod requests;
pub(super) mod seen;
pub(super) mod sites;
pub(super) mod values;
pub(super) mod visits;

/// `$open` gives `(SharedStore, guard)`; the guard is dropped after the test.
macro_rules! every_promise {
    ($open:path) => {
        $crate::suite::every_promise! { $open;
            requests:
                a_token_id_is_good_once,
                a4_a_token_id_used_by_many_at_once_is_granted_to_one,
                the_same_token_id_of_two_connectors_is_two,
                a_replayed_token_id_claims_no_key,
                a_key_replays_its_answer,
                a9_a_key_with_another_request_is_refused,
                a9_a_start_ends_the_claims_of_before_and_forgets_no_answer,
                a9_two_users_or_connectors_never_share_a_key,
                a9_fifty_identical_claims_at_once_give_one_granted,
                a18_the_keys_of_one_user_id_on_two_sites_are_two,
                a_key_under_way_is_free_again_when_its_claim_has_run_out,
                a_key_whose_claimant_ended_without_an_answer_is_free_for_the_same_request,
                a_key_given_back_is_free,
                an_answered_key_cannot_be_given_back,
                an_answer_is_forgotten_after_a_day,
                sweeping_forgets_what_has_run_out_and_nothing_else;
            operations:
                a_case_holds_everything_or_says_what_is_missing,
                a_case_never_holds_another_users_pat,
                a19_what_is_closed_to_the_project_is_not_found,
                open_integrations_come_with_the_users_pats,
                an_intent_without_outcome_is_unsettled,
                what_ends_before_anybody_looked_settles_itself_alone,
                a_settled_outcome_settles_the_earlier_ones_but_no_later_one,
                an_unknown_outcome_settles_nothing,
                what_one_user_finds_settles_nothing_of_anothers,
                an_effect_may_be_named_after_its_intent_is_written,
                what_was_named_alike_before_is_named_anew_together,
                intents_of_other_effects_do_not_meet,
                an_outcome_refers_to_its_intent;
            pats:
                a_pat_is_read_back_as_it_was_saved,
                a7_users_whose_ids_differ_in_case_or_form_have_pats_of_their_own,
                a18_users_of_one_id_on_two_sites_have_pats_of_their_own,
                saving_again_replaces_and_raises_the_revision,
                what_is_learnt_of_an_older_pat_is_not_noted,
                what_is_learnt_is_added_to_what_others_learnt_meanwhile,
                a_revision_is_never_used_again,
                deleting_tells_whether_there_was_one,
                deleting_one_revision_leaves_a_newer_one_alone,
                a15_a_pat_that_is_gone_or_replaced_is_not_put_back,
                s8_two_writers_for_one_user_leave_one_whole_pat,
                a_pat_without_its_integration_is_refused,
                pats_are_listed_by_user_and_by_integration,
                a_use_is_remembered_once_in_a_while_and_outlives_what_is_learnt;
            seen:
                users_are_remembered_by_site_and_project,
                what_was_stated_last_stays_and_time_never_goes_back,
                a_user_of_a_site_that_is_none_is_not_remembered,
                who_is_seen_no_more_is_forgotten_after_a_year;
            integrations:
                an_integration_is_read_back_as_it_was_added,
                an_id_can_be_taken_once,
                a_change_keeps_replaces_or_removes_the_credential,
                that_the_own_credential_is_refused_is_remembered_once_and_is_no_change,
                a_refusal_goes_with_the_credential_that_was_refused_and_stays_with_every_other_change,
                a15_a_change_of_an_older_state_is_refused_and_changes_nothing,
                a15_fifty_changes_of_one_state_at_once_leave_one,
                changing_or_removing_what_is_not_there_writes_nothing,
                removing_takes_pats_and_links_along,
                a15_pats_that_nobody_was_told_of_are_not_removed_with_their_integration,
                integrations_come_in_order,
                the_policy_is_off_until_it_is_set;
            providers:
                a_component_is_read_back_byte_for_byte,
                registering_again_replaces,
                a15_a_registration_in_the_place_of_an_older_state_is_refused_and_changes_nothing,
                a15_fifty_registrations_at_once_in_one_place_leave_one,
                a15_fifty_providers_of_one_kind_at_once_leave_one,
                bytes_that_are_not_the_ones_named_are_refused;
            connectors:
                a_connector_is_read_back_and_removed,
                a_connector_id_can_be_taken_once,
                removing_a_connector_takes_its_links_along,
                a_connector_without_its_site_is_refused,
                the_last_use_of_a_connector_is_remembered_and_never_goes_back;
            sites:
                there_is_one_to_begin_with,
                a_site_is_read_back_changed_and_removed,
                a15_a_change_of_an_older_state_of_a_site_is_refused,
                a_site_with_connectors_stays,
                a_site_that_integrations_are_open_to_stays,
                projects_of_a_site_that_is_none_are_refused,
                removing_a_site_takes_its_users_along;
            admin_sessions:
                u7_a_login_link_begins_one_session_and_looking_uses_nothing_up,
                a20_a_session_ends_with_the_token_it_began_with,
                whose_an_ended_session_was_is_known_for_a_day;
            admin_tokens:
                an_admin_token_is_known_by_its_hash,
                a_label_names_one_token,
                a20_a_revoked_token_is_forgotten,
                the_last_use_is_remembered_and_never_goes_back;
            audit:
                entries_are_numbered_without_gaps_and_read_newest_first,
                a_page_can_be_of_one_integration,
                filters_are_combined_and_every_page_says_where_the_next_begins,
                a_page_is_bounded,
                every_change_writes_one_entry_with_it,
                a_refused_change_leaves_no_entry,
                appending_at_once_from_many_sides_keeps_the_chain,
                a_probe_leaves_no_trace;
            visits:
                a_link_can_be_looked_at_often_and_begins_one_visit,
                a_link_that_ran_out_is_gone,
                u2_fifty_who_open_one_link_at_once_begin_one_visit,
                a_link_without_its_integration_or_connector_is_refused,
                u7_a_visit_is_found_by_its_id_and_its_own_secret,
                a_visit_whose_cookie_never_came_back_is_handed_over_once,
                a_visit_whose_cookie_came_back_is_handed_to_nobody,
                a_visit_remembers_its_last_use_and_is_known_for_a_day_after_its_end,
                removing_a_connector_ends_its_visits,
                u8_what_was_typed_is_kept_for_its_user_and_form,
                favourites_are_their_users_own;
        }
    };
    ($open:path; $($area:ident: $($promise:ident),+;)+) => {$(
        mod $area {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    let (store, _guard) = $open();
                    $crate::suite::$area::$promise(store).await;
                }
            )+
        }
    )+};
}
pub(super) use every_promise;
