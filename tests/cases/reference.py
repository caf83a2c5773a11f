#!/usr/bin/env python3
"""Bucketing as docs/bucketing.md has it, in plain Python, and what the cases expect.

Written from that page and from nothing else, so that the cases do not come from the code that they check.

    python3 tests/cases/reference.py            fills in what every case expects
    python3 tests/cases/reference.py --check    only says which files would change
"""

import json
import math
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
TWO_32 = 2**32
CONTROL = "control"


# MurmurHash3 -----------------------------------------------------------------------------------------------------------


def utf8(text):
    return "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in text).encode("utf-8")


def rotate(word, bits):
    return (word << bits | word >> (32 - bits)) % TWO_32


def scramble(word):
    return rotate(word * 0xCC9E2D51 % TWO_32, 15) * 0x1B873593 % TWO_32


def fmix32(x):
    x ^= x >> 16
    x = x * 0x85EBCA6B % TWO_32
    x ^= x >> 13
    x = x * 0xC2B2AE35 % TWO_32
    return x ^ x >> 16


def murmur3(text, seed):
    data = utf8(text)
    whole = len(data) // 4 * 4
    state = seed
    for at in range(0, whole, 4):
        state = (rotate(state ^ scramble(int.from_bytes(data[at : at + 4], "little")), 13) * 5 + 0xE6546B64) % TWO_32
    if len(data) > whole:
        state ^= scramble(int.from_bytes(data[whole:], "little"))
    return fmix32(state ^ len(data))


def bucket(key, salt):
    return fmix32((murmur3(key, 0) ^ murmur3(salt, 0)) * (murmur3(salt, 1) | 1) % TWO_32)


# Shares ----------------------------------------------------------------------------------------------------------------


def threshold(percentage):
    return min(TWO_32, max(0, math.ceil((percentage / 100) * 4294967296.0)))


def intervals(owned, percentage, weights):
    start, end = owned["from"], owned["to"]
    width = end - start
    filled = min(1, max(0, percentage / width))
    total = 0
    for weight in weights:
        total += weight
    cuts = [threshold(start)]
    before = 0
    for weight in weights[:-1]:
        before += weight
        cuts.append(min(threshold(end), threshold(start + (width * before) / total)))
    cuts.append(threshold(end))
    return [[low, low + math.ceil((high - low) * filled)] for low, high in zip(cuts, cuts[1:])]


# Visitors --------------------------------------------------------------------------------------------------------------


def number_text(number):
    """As ECMAScript writes a finite number."""
    number = float(number)
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    mantissa, _, exponent = repr(abs(number)).partition("e")
    integer, _, fraction = mantissa.partition(".")
    digits = integer + fraction
    point = len(integer) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits.ljust(point, "0")
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = f"{'+' if point > 0 else '-'}{abs(point - 1)}"
    return sign + digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + "e" + power


def attribute(visitor, path):
    """None for what is missing as for what is null."""
    value = visitor.get("attributes", {})
    for part in path.split("."):
        if isinstance(value, list) and part.isdigit() and str(int(part)) == part:
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def bucket_text(rollout, visitor):
    by = rollout["bucket_by"]
    if by == "visitor":
        return visitor["key"]
    if by == "session":
        return visitor.get("session")
    value = attribute(visitor, by)
    if isinstance(value, str):
        return value or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value)
    return None


# Conditions: what the cases use of them, equality and $in ----------------------------------------------------------------


def same(value, wanted):
    return type(value) is type(wanted) and value == wanted


def is_in(value, wanted):
    return any(same(one, other) for one in (value if isinstance(value, list) else [value]) for other in wanted)


def holds(condition, visitor):
    for path, wanted in condition.items():
        value = visitor["key"] if path == "key" else attribute(visitor, path)
        if isinstance(wanted, dict):
            assert list(wanted) == ["$in"], f"the cases know no {wanted}"
            if not is_in(value, wanted["$in"]):
                return False
        elif not same(value, wanted):
            return False
    return True


# Snapshots -------------------------------------------------------------------------------------------------------------


class Snapshot:
    def __init__(self, source):
        self.buildings = source["buildings"]
        self.segments = source["segments"]
        self.flags = source["flags"]
        self.overrides = sorted(source.get("overrides", {}).items())
        self.host_routes = source.get("host_routes", {})
        self.holdout = source.get("holdout")
        defaults = {"range": {"from": 0, "to": 100}, "bucket_by": "visitor", "sticky": False}
        self.rollouts = [defaults | one for one in source["rollouts"]]
        for one in self.rollouts:
            weights = [arm["weight"] for arm in one["arms"]]
            one["intervals"] = intervals(one["range"], one["percentage"], weights)

    def in_any_segment(self, names, visitor):
        return any(holds(self.segments[name]["condition"], visitor) for name in names)

    def is_on(self, name, visitor):
        flag = self.flags[name]
        segments = flag.get("segments", [])
        percentage = flag.get("percentage", 100)
        return (
            flag["enabled"]
            and all(self.is_on(before, visitor) for before in flag.get("prerequisites", []))
            and (not segments or self.in_any_segment(segments, visitor))
            and (percentage >= 100 or bucket(visitor["key"], f"/flags/{name}") < threshold(percentage))
        )

    def failed_criterion(self, rollout, visitor):
        criteria = rollout["criteria"]
        countries, segments = criteria["geo_regions"], criteria["user_segments"]
        if countries and attribute(visitor, "country") not in countries:
            return "geo_regions"
        if segments and not self.in_any_segment(segments, visitor):
            return "user_segments"
        if not all(self.is_on(name, visitor) for name in criteria["feature_flags"]):
            return "feature_flags"
        if not all(holds(rule, visitor) for rule in criteria["custom_rules"]):
            return "custom_rules"
        return None

    def failed_prerequisite(self, rollout, visitor):
        """The end of the chain of flags that are off, without its beginning."""
        names, found = rollout["criteria"]["feature_flags"], None
        for depth in range(1000):
            off = next((name for name in names if not self.is_on(name, visitor)), None)
            if off is None:
                return found
            found = off if depth else None
            names = self.flags[off].get("prerequisites", [])

    def override_of(self, visitor):
        preview = visitor.get("preview")
        for name, one in self.overrides:
            if preview is not None and one.get("preview_digest") == preview:
                return name, one
        if self.route_of(visitor):
            return visitor["host"], self.route_of(visitor)
        for name, one in self.overrides:
            if visitor["key"] in one.get("visitors", []) or self.in_any_segment(one.get("segments", []), visitor):
                return name, one
        return None, {"units": {}}

    def route_of(self, visitor):
        preview = visitor.get("preview")
        if preview is not None and any(one.get("preview_digest") == preview for _, one in self.overrides):
            return None
        return self.host_routes.get(visitor.get("host"))

    def is_held_out(self, visitor):
        return self.holdout is not None and bucket(visitor["key"], self.holdout["salt"]) < threshold(self.holdout["percentage"])


def sticky_name(rollout):
    return f"{rollout['id']}.{rollout['salt']}"


def moved_by(rollout):
    return {building for arm in rollout["arms"] for building in arm["units"]}


def kept_arm(rollout, visitor):
    if not rollout["sticky"] or rollout["percentage"] == 0:
        return None
    name = visitor.get("sticky", {}).get(sticky_name(rollout))
    return next((arm for arm in rollout["arms"] if arm["name"] == name), None)


def bucket_arm(rollout, visitor):
    place = bucket(bucket_text(rollout, visitor), rollout["salt"])
    return next((arm for arm, (start, end) in zip(rollout["arms"], rollout["intervals"]) if start <= place < end), None)


def given_arm(rollout, visitor):
    return kept_arm(rollout, visitor) or bucket_arm(rollout, visitor)


def decide(snapshot, visitor):
    """The index of each rollout that the visitor is in → its arm, None for its control."""
    _, override = snapshot.override_of(visitor)
    if snapshot.is_held_out(visitor):
        return {}

    def eligible(rollout):
        return bucket_text(rollout, visitor) is not None and snapshot.failed_criterion(rollout, visitor) is None

    decided = {}
    for salt in {one["salt"] for one in snapshot.rollouts}:
        layer = [(at, one) for at, one in enumerate(snapshot.rollouts) if one["salt"] == salt and eligible(one)]
        givers = [(at, one) for at, one in layer if given_arm(one, visitor)]
        keepers = [(at, one) for at, one in givers if kept_arm(one, visitor)]
        if givers:
            at, taker = (keepers or givers)[0]
            decided[at] = given_arm(taker, visitor)
        else:
            decided |= {at: None for at, one in layer if one["strategy"] != "ab_test"}
    return {at: arm for at, arm in decided.items() if not moved_by(snapshot.rollouts[at]) & set(override["units"])}


def because_of(snapshot, visitor, name):
    return {"reason": "host-route", "host": name} if snapshot.route_of(visitor) else {"reason": "override", "override": name}


def explain_building(snapshot, visitor, decided, building):
    stable = snapshot.buildings[building]["active_unit"]
    name, override = snapshot.override_of(visitor)
    if building in override["units"]:
        return {"unit": override["units"][building]} | because_of(snapshot, visitor, name)
    movers = [at for at, one in enumerate(snapshot.rollouts) if building in moved_by(one)]
    if not movers:
        return {"unit": stable, "reason": "stable"}
    armed = [at for at in movers if decided.get(at)]
    at = (armed or [at for at in movers if at in decided] or movers)[0]
    rollout = snapshot.rollouts[at]
    told = {"unit": stable, "reason": "stable", "rollout": rollout["id"]}
    if snapshot.is_held_out(visitor):
        return told | {"reason": "holdout"}
    if moved_by(rollout) & set(override["units"]):
        return told | because_of(snapshot, visitor, name)
    if bucket_text(rollout, visitor) is None:
        return told | {"reason": "fallback"}
    failed = snapshot.failed_criterion(rollout, visitor)
    before = snapshot.failed_prerequisite(rollout, visitor) if failed == "feature_flags" else None
    if before:
        return told | {"reason": "prerequisite", "failed_criterion": failed, "failed_prerequisite": before}
    if failed:
        return told | {"reason": "criteria-not-met", "failed_criterion": failed}
    if at not in decided:
        return told
    arm = decided[at] or {"name": CONTROL, "units": {}}
    reason = "variant" if rollout["strategy"] == "ab_test" else "rollout"
    return told | {"unit": arm["units"].get(building, stable), "reason": reason, "arm": arm["name"]}


def expected_of(snapshot, visitor):
    decided = decide(snapshot, visitor)
    ordered = [(snapshot.rollouts[at], decided[at]) for at in sorted(decided)]
    keeps = {sticky_name(one): arm["name"] for one, arm in ordered if arm and one["sticky"] and one["percentage"] > 0}
    expect = {building: explain_building(snapshot, visitor, decided, building) for building in snapshot.buildings}
    if snapshot.route_of(visitor):
        return {"expect": expect, "exposures": {}}
    return {
        "expect": expect,
        "exposures": {one["id"]: arm["name"] if arm else CONTROL for one, arm in ordered},
        **({"keeps": keeps} if keeps else {}),
    }


# Files -----------------------------------------------------------------------------------------------------------------


def fill(file):
    for case in file.get("hashes", []):
        case["hash"] = murmur3(case["key"], case["seed"])
    for case in file.get("buckets", []):
        case["bucket"] = bucket(case["key"], case["salt"])
    for case in file.get("thresholds", []):
        case["threshold"] = threshold(case["percentage"])
    for case in file.get("intervals", []):
        case["arms"] = intervals(case["range"], case["percentage"], case["weights"])
    if "snapshot" in file:
        snapshot = Snapshot(file["snapshot"])
        for case in file["visitors"]:
            for name in ("expect", "exposures", "keeps"):
                case.pop(name, None)
            case |= expected_of(snapshot, case)


def written(value, depth=0):
    """JSON with a line for each case, and for each unit, rollout and name of the snapshot."""
    text = json.dumps(value)
    if depth >= 3 or not isinstance(value, (dict, list)) or len(text) + depth <= 100:
        return text
    start, end = "{}" if isinstance(value, dict) else "[]"
    items = [f"{json.dumps(k)}: {written(v, depth + 1)}" for k, v in value.items()] if isinstance(value, dict) else [
        written(one, 3) for one in value
    ]
    return start + "".join(f"\n{' ' * (depth + 1)}{one}," for one in items)[:-1] + f"\n{' ' * depth}{end}"


def main():
    is_check = "--check" in sys.argv[1:]
    stale = []
    for path in sorted(FOLDER.glob("*.json")):
        before = path.read_text("utf-8")
        file = json.loads(before)
        fill(file)
        after = written(file) + "\n"
        if after != before:
            stale.append(path.name)
            if not is_check:
                path.write_text(after, "utf-8")
    print(("would change: " if is_check else "changed: ") + (", ".join(stale) or "none"))
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
