"""A story in a page of text."""

import collections

from skerry import table

ROWS = 15


def lines(story, khz, lost):
    """The tables, each with a blank line behind, and what does not fill one."""
    def time(ticks):
        return f"{ticks / khz * 1000:,.0f} us"

    yield from ran(story, time)
    yield from linux_calls(story, time)
    yield from callers(story, time)
    yield from events(story)
    if lost:
        yield f"{lost:,} records were overwritten before they could be read: what is above is not all"


def most(counter):
    return sorted(counter.items(), key=lambda item: -item[1])[:ROWS]


def section(heading, rows, text=()):
    if rows:
        yield from table.lines(heading, rows, text)
        yield ""


def ran(story, time):
    used, pieces = collections.Counter(), collections.Counter()
    for stretch in story.stretches:
        used[stretch.thread] += stretch.end - stretch.begin
        pieces[stretch.thread] += 1
    total = sum(used.values()) or 1
    yield from section(
        ["who ran", "time", "of all", "times", "woken"],
        [[story.label(thread), time(ticks), f"{100 * ticks / total:.1f} %", f"{pieces[thread]:,}",
          f"{story.wakes[thread]:,}"] for thread, ticks in most(used)])


def linux_calls(story, time):
    calls = collections.defaultdict(list)
    for call in story.calls:
        if call.linux:
            calls[call.name].append(call)
    all_ticks = {name: sum(call.ticks for call in made) for name, made in calls.items()}
    rows = []
    for name, ticks in most(all_ticks):
        made = calls[name]
        busy = collections.Counter()
        for call in made:
            for thread, spent in call.busy.items():
                busy[story.process_name(thread)] += spent
        shares = [f"{who} {time(spent / len(made))}" for who, spent in most(busy)[:3]]
        waiting = ticks - sum(busy.values())
        rows.append([name, f"{len(made):,}", time(ticks), time(ticks / len(made)),
                     ", ".join([*shares, f"waiting {time(max(0, waiting) / len(made))}"])])
    yield from section(["Linux call", "times", "in all", "each", "of which"], rows, text={4})


def callers(story, time):
    pairs = collections.defaultdict(list)
    for call in story.calls:
        if call.to:
            kind = "Linux calls" if call.linux else "calls"
            pairs[f"{story.process_name(call.thread)} -> {story.process_name(call.to)}", kind].append(call.ticks)
    rows = [[who, kind, f"{len(times):,}", time(sum(times) / len(times))]
            for (who, kind), times in sorted(pairs.items(), key=lambda item: -len(item[1]))[:ROWS]]
    yield from section(["who called whom", "", "times", "each"], rows, text={1})


def events(story):
    vectors = [f"{count:,} of vector {vector}" for vector, count in most(story.interrupts)]
    if vectors:
        yield "interrupts: " + ", ".join(vectors)
    if story.marks:
        yield f"marks: {len(story.marks):,}"
