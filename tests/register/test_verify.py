async def test_holds(database):
    from ogpmonitor.register.verify import report_lines, verify_register

    async with database.register_session() as s:
        v = await verify_register(s)
    print("\n".join(report_lines(v)))
    assert v.holds
