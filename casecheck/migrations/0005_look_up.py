from django.db import migrations

# The portal's busiest question, with all that belongs to it, as one statement whose plans a
# connection makes once: planning it took longer than looking. `casecheck.lookup` says what it does.
LOOK_UP = """
CREATE FUNCTION casecheck_look_up(asked jsonb) RETURNS TABLE (
    agency_name varchar, time_zone varchar, has_corrections boolean,
    id bigint, status varchar, number varchar, agency_id bigint, created_at timestamptz,
    last_action_at timestamptz, due_on date, due_because jsonb, document_type varchar,
    wish varchar, wish_by_id bigint
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    this_moment timestamptz := asked->>'at';
    since timestamptz := asked->>'since';
    closed_since timestamptz := asked->>'closed_since';
    of_address varchar := asked->>'of_address';
    of_number varchar := asked->>'of_number';
    of_both varchar := asked->>'of_both';
    of_work varchar := asked->>'of_work';
    limits jsonb := asked->'limits';
    born date := asked->>'born';
    own varchar := asked->>'number';
    a varchar := asked->>'a_number';
    i94 varchar := asked->>'i94_number';
    sevis varchar := asked->>'sevis_id';
    card varchar := asked->>'card_number';
    naturalization varchar := asked->>'naturalization_certificate';
    citizenship varchar := asked->>'citizenship_certificate';
    throttled boolean;
BEGIN
    IF of_work IS NOT NULL
        AND NOT EXISTS (SELECT FROM casecheck_miss WHERE digest = of_work AND at > since)
    THEN
        limits := asked->'limits_with_work';
    END IF;
    SELECT EXISTS (SELECT FROM casecheck_miss WHERE digest = of_address AND at > since
            OFFSET (limits->>0)::integer - 1)
        OR EXISTS (SELECT FROM casecheck_miss WHERE digest = of_number AND at > since
            OFFSET (limits->>1)::integer - 1)
        AND EXISTS (SELECT FROM casecheck_miss WHERE digest = of_both AND at > since
            OFFSET (limits->>2)::integer - 1)
    INTO throttled;
    IF throttled THEN
        -- The same question all the same, with a day on which nobody was born: what is found and
        -- then kept back would show in the time.
        born := '0001-01-01';
    END IF;
    SELECT agency.name, agency.time_zone,
        EXISTS (SELECT FROM verification_correctionrequest request
            WHERE request.case_id = found.id AND request.raised_by_id IS NULL),
        found.id, found.status, found.number, found.agency_id, found.created_at,
        found.last_action_at, found.due_on, found.due_because, found.document_type,
        found.wish, found.wish_by_id
    INTO agency_name, time_zone, has_corrections, id, status, number, agency_id, created_at,
        last_action_at, due_on, due_because, document_type, wish, wish_by_id
    FROM verification_case found JOIN accounts_agency agency ON agency.id = found.agency_id
    WHERE found.date_of_birth = born AND (
        found.number = own
        OR found.a_number = a AND found.a_number <> ''
        OR found.i94_number = i94 AND found.i94_number <> ''
        OR found.sevis_id = sevis AND found.sevis_id <> ''
        OR found.card_number = card AND found.card_number <> ''
        OR found.naturalization_certificate = naturalization
            AND found.naturalization_certificate <> ''
        OR found.citizenship_certificate = citizenship AND found.citizenship_certificate <> ''
    ) AND (found.status <> 'closed' OR found.closed_at >= closed_since)
    ORDER BY found.created_at DESC, found.id DESC LIMIT 1;
    IF NOT FOUND THEN
        -- What is counted for an hour need not wait for the disk; the entry of the log does.
        PERFORM set_config('synchronous_commit', 'off', true);
        INSERT INTO casecheck_miss (digest, at)
        SELECT digest, this_moment
        FROM unnest(ARRAY[of_address, of_number, of_both, of_work]) digest
        WHERE digest IS NOT NULL;
        RETURN;
    END IF;
    INSERT INTO audit_auditevent
    SELECT entry.* FROM jsonb_populate_record(
        NULL::audit_auditevent,
        asked->'event' || jsonb_build_object('agency_id', agency_id, 'subject_id', number)
    ) entry;
    IF of_work IS NOT NULL THEN
        INSERT INTO casecheck_miss (digest, at) VALUES (of_work, this_moment);
    END IF;
    RETURN NEXT;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_sandbox"),
        ("audit", "0001_initial"),
        ("casecheck", "0004_delays_and_fences"),
        ("verification", "0029_voter_eligibility"),
    ]

    operations = [migrations.RunSQL(LOOK_UP, "DROP FUNCTION casecheck_look_up(jsonb)")]
