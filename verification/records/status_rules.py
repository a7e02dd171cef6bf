"""The rules by which one status is chosen: the statement each gives, and what each says."""

# A rule that confirms -> the published statement code.
CODES: dict[str, int] = {
    "citizen_in_central_index": 24,
    "citizen_by_class": 24,
    "citizen_by_certificate": 24,
    "permanent_resident": 1,
    "conditions_removed": 1,
    "conditional_resident": 1,
    "refugee": 18,
    "asylee": 20,
    "cuban_haitian_entrant": 4,
    "parolee": 13,
    "parolee_who_may_work": 10,
    "temporary_protection": 189,
    "temporary_resident": 22,
    "deferred_action_for_childhood_arrivals": 188,
    "asylum_pending": 148,
    "application_pending": 7,
    "work_permission_alone": 10,
    "compact_citizen": 13,
    "sevis_active": 122,
    "student_family": 13,
    "worker_admitted": 128,
    "nonimmigrant_with_work_permission": 128,
    "worker_in_the_northern_marianas": 168,
    "visitor_admitted": 13,
}

RULES: dict[str, str] = {
    # Confirmed. These sentences stand on the case page.
    "citizen_in_central_index": "The Central Index has the naturalization or the certificate.",
    "citizen_by_class": "The Central Index has the person as a citizen.",
    "citizen_by_certificate": (
        "The naturalization system has the oath and the certificate that was shown. It is newer "
        "than the class in the Central Index, so it goes first."
    ),
    "permanent_resident": (
        "A permanent resident’s class in the Central Index goes before every earlier admission."
    ),
    "conditions_removed": "The conditions of the residence were removed.",
    "conditional_resident": "The residence has conditions, and their two years still run.",
    "refugee": "The class of a refugee goes before the admission.",
    "asylee": "A grant of asylum goes before every earlier admission.",
    "cuban_haitian_entrant": "The Central Index has the class of a Cuban or Haitian entrant.",
    "parolee": "Parole is in force; the records show no work permission.",
    "parolee_who_may_work": "Parole is in force, and so is work permission.",
    "temporary_protection": "Temporary protection goes before parole and any admission.",
    "temporary_resident": "The class for legalization or family unity stands by itself.",
    "deferred_action_for_childhood_arrivals": (
        "Work permission in force that is given only under this deferred action."
    ),
    "asylum_pending": "Work permission in force, given while asylum is decided.",
    "application_pending": "Work permission in force, given while an application is decided.",
    "work_permission_alone": (
        "Work permission is in force. It says that the person may work, not in which status."
    ),
    "compact_citizen": "Admitted under a compact of free association, without an end.",
    "sevis_active": "The school’s or sponsor’s SEVIS record is active.",
    "student_family": "The family’s stay follows the student’s or exchange visitor’s.",
    "worker_admitted": "The newest admission counts, and its stay has not ended.",
    "nonimmigrant_with_work_permission": (
        "The newest admission counts, its stay has not ended, and work permission is in force."
    ),
    "worker_in_the_northern_marianas": "The newest admission counts; it is for work there only.",
    "visitor_admitted": "The newest admission counts, and its stay has not ended.",
    # The document or the school record, for the caseworker and the applicant to mend.
    "card_not_valid": "The card that was shown was replaced, or reported lost or stolen.",
    "student_without_sevis_record": "Admitted as a student; no SEVIS record was found with it.",
    "sevis_not_active": "The school’s or sponsor’s SEVIS record is not active.",
    # For nobody to mend: it is asked again when the system is there.
    "system_not_loaded": "The system that would decide is missing or not up to date.",
    # For a status verifier. Never shown to an agency: they tell what is on record.
    "death_on_record": "A system has a date of death.",
    "removal_on_record": "A system has a removal.",
    "order_of_removal": "A system has an order of removal.",
    "court_decision": "The immigration court decided otherwise than for the person.",
    "citizenship_lost": "The Central Index says that citizenship was lost.",
    "naturalized_but_index_says_otherwise": (
        "Naturalized in one system; the Central Index has not got it, and no certificate was shown."
    ),
    "microfilm_only": "Only the microfilmed index of old naturalizations has the person.",
    "class_protected": "A class or permission under 8 U.S.C. 1367.",
    "class_lost_or_undecided": "The class says that the status was lost or is not decided.",
    "residence_given_up": "A record of residence given up (Form I-407).",
    "adjustment_not_in_index": "Residence was approved; the Central Index has not got it yet.",
    "asylum_grant_not_in_index": "Asylum was granted; the Central Index has not got it yet.",
    "court_grant_not_in_index": "The court granted relief; the Central Index has not got it yet.",
    "asylum_ended": "Asylum was ended; the Central Index still has it.",
    "conditions_have_run_out": "The two years are over, and no removal of conditions is on record.",
    "conditions_not_removed": "The petition to remove the conditions was denied.",
    "parole_has_run_out": "Parole has ended on record.",
    "parole_dates_disagree": "Two systems have parole ending on different sides of today.",
    "work_permission_has_run_out": "Temporary protection without work permission in force.",
    "renewal_not_in_index": "A renewal of work permission is pending or approved elsewhere.",
    "work_permission_reviewed": "Work permission of a kind that a verifier must explain.",
    "class_not_known": "The class is not in the list.",
    "admissions_disagree": "ADIS and NIIS have the same arrival in different classes.",
    "stay_has_run_out": "The stay has ended on record.",
    "extension_pending": "The stay has ended, and an extension is pending.",
    "departure_on_record": "A departure is on record after the newest arrival.",
    "later_approval_not_in_admission": (
        "A change or extension was approved that the admission does not show."
    ),
    "petition_ended": "The petition behind the admission was revoked or withdrawn.",
    "visa_revoked": "The visa was revoked.",
    "in_removal_proceedings": "Removal proceedings are open.",
    "student_class_disagrees": "The admission and SEVIS have different classes.",
    "program_has_ended": "The program has ended, and SEVIS still has it as active.",
    "no_class_on_record": "No system says which class.",
}
