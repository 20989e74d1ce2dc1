"""`flask matches verify`: any run can be proved again, and a changed one proves nothing."""

import json
from dataclasses import replace

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from extensions import db
from models.matching_runs import MatchingRun
from models.trace import OrdinaryEntry
from tests.factories import a_child, a_pledge


def call(app: Flask, *words: str):
    db.session.remove()
    return app.test_cli_runner().invoke(args=["matches", *words])


def a_run(app: Flask, session: Session) -> MatchingRun:
    for n in range(3):
        a_pledge(session, f"1380000000{n}")
        a_child(session, name=f"孩子{n}")
    session.commit()
    assert call(app, "run", "--json").exit_code == 0
    return session.scalars(select(MatchingRun)).one()


def test_a_run_is_proved_by_its_ref_and_the_latest_without_one(app: Flask, session: Session):
    run = a_run(app, session)

    named, latest = call(app, "verify", run.ref, "--json"), call(app, "verify")

    assert (named.exit_code, latest.exit_code) == (0, 0)
    found = json.loads(named.stdout)
    assert {key: found[key] for key in ("made", "gap", "faults")} == {
        "made": 3, "gap": 0, "faults": [],
    }  # fmt: skip
    assert found["total"] == run.total == run.bound
    assert "没有更好的安排" in latest.stdout


def test_a_run_that_found_nothing_is_kept_and_proved_as_well(app: Flask, session: Session):
    call(app, "run")

    assert call(app, "verify").exit_code == 0


def test_before_the_first_run_there_is_nothing_to_prove(app: Flask, session: Session):
    assert call(app, "verify").exit_code == 1
    assert call(app, "verify", "NOTHING").exit_code == 1


def test_a_changed_certificate_proves_nothing(app: Flask, session: Session):
    run = a_run(app, session)
    proof = matching.Certificate.unpack(run.certificate)
    run.certificate = replace(proof, units=proof.units * 0).pack()
    session.commit()

    answer = call(app, "verify", run.ref)

    assert answer.exit_code == 1
    assert "不能再作数" in answer.stderr


def test_the_trace_keeps_the_digest_of_the_proof(app: Flask, session: Session):
    run = a_run(app, session)

    entries = session.scalars(
        select(OrdinaryEntry).where(OrdinaryEntry.subject == f"matching_run:{run.ref}")
    ).all()

    assert [entry.act for entry in entries] == ["match.draft", "match.propose"]
    assert {entry.detail["proof"] for entry in entries} == {run.digest}


def test_a_worse_plan_that_was_kept_is_told(app: Flask, session: Session, monkeypatch):
    def worse(*args, **kwargs):
        plan = propose(*args, **kwargs)
        none = replace(plan.certificate, units=plan.certificate.units * 0)
        return replace(plan, pairs=(), total=0, certificate=none)

    propose = matching.propose
    monkeypatch.setattr(matching, "propose", worse)
    run = a_run(app, session)

    answer = call(app, "verify", run.ref)

    assert answer.exit_code == 1
    assert "还没有证明是最好的" in answer.stdout
