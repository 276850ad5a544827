"""Many locals, names and constants, and long jumps."""
def many_locals():
    v0 = 0
    v1 = 1
    v2 = 2
    v3 = 3
    v4 = 4
    v5 = 5
    v6 = 6
    v7 = 7
    v8 = 8
    v9 = 9
    v10 = 10
    v11 = 11
    v12 = 12
    v13 = 13
    v14 = 14
    v15 = 15
    v16 = 16
    v17 = 17
    v18 = 18
    v19 = 19
    v20 = 20
    v21 = 21
    v22 = 22
    v23 = 23
    v24 = 24
    v25 = 25
    v26 = 26
    v27 = 27
    v28 = 28
    v29 = 29
    v30 = 30
    v31 = 31
    v32 = 32
    v33 = 33
    v34 = 34
    v35 = 35
    v36 = 36
    v37 = 37
    v38 = 38
    v39 = 39
    v40 = 40
    v41 = 41
    v42 = 42
    v43 = 43
    v44 = 44
    v45 = 45
    v46 = 46
    v47 = 47
    v48 = 48
    v49 = 49
    v50 = 50
    v51 = 51
    v52 = 52
    v53 = 53
    v54 = 54
    v55 = 55
    v56 = 56
    v57 = 57
    v58 = 58
    v59 = 59
    v60 = 60
    v61 = 61
    v62 = 62
    v63 = 63
    v64 = 64
    v65 = 65
    v66 = 66
    v67 = 67
    v68 = 68
    v69 = 69
    if v0:
        del v1, v66
    return v1, v2, v65, v66, v67
def long_jumps(a):
    while a:
        a.name0(a, 'constant 0', 1000)
        a.name5(a, 'constant 5', 1001)
        a.name10(a, 'constant 10', 1002)
        a.name15(a, 'constant 15', 1003)
        a.name20(a, 'constant 20', 1004)
        a.name25(a, 'constant 25', 1005)
        a.name30(a, 'constant 30', 1006)
        a.name35(a, 'constant 35', 1007)
        a.name40(a, 'constant 40', 1008)
        a.name45(a, 'constant 45', 1009)
        a.name50(a, 'constant 50', 1010)
        a.name55(a, 'constant 55', 1011)
        a.name60(a, 'constant 60', 1012)
        a.name65(a, 'constant 65', 1013)
        a.name70(a, 'constant 70', 1014)
        a.name75(a, 'constant 75', 1015)
        a.name80(a, 'constant 80', 1016)
        a.name85(a, 'constant 85', 1017)
        a.name90(a, 'constant 90', 1018)
        a.name95(a, 'constant 95', 1019)
        a.name100(a, 'constant 100', 1020)
        a.name105(a, 'constant 105', 1021)
        a.name110(a, 'constant 110', 1022)
        a.name115(a, 'constant 115', 1023)
        a.name120(a, 'constant 120', 1024)
        a.name125(a, 'constant 125', 1025)
        a.name130(a, 'constant 130', 1026)
        a.name135(a, 'constant 135', 1027)
        a.name140(a, 'constant 140', 1028)
        a.name145(a, 'constant 145', 1029)
        a.name150(a, 'constant 150', 1030)
        a.name155(a, 'constant 155', 1031)
        a.name160(a, 'constant 160', 1032)
        a.name165(a, 'constant 165', 1033)
        a.name170(a, 'constant 170', 1034)
        a.name175(a, 'constant 175', 1035)
        a.name180(a, 'constant 180', 1036)
        a.name185(a, 'constant 185', 1037)
        a.name190(a, 'constant 190', 1038)
        a.name195(a, 'constant 195', 1039)
        a.name200(a, 'constant 200', 1040)
        a.name205(a, 'constant 205', 1041)
        a.name210(a, 'constant 210', 1042)
        a.name215(a, 'constant 215', 1043)
        a.name220(a, 'constant 220', 1044)
        a.name225(a, 'constant 225', 1045)
        a.name230(a, 'constant 230', 1046)
        a.name235(a, 'constant 235', 1047)
        a.name240(a, 'constant 240', 1048)
        a.name245(a, 'constant 245', 1049)
        a.name250(a, 'constant 250', 1050)
        a.name255(a, 'constant 255', 1051)
        a.name260(a, 'constant 260', 1052)
        a.name265(a, 'constant 265', 1053)
        a.name270(a, 'constant 270', 1054)
        a.name275(a, 'constant 275', 1055)
        a.name280(a, 'constant 280', 1056)
        a.name285(a, 'constant 285', 1057)
        a.name290(a, 'constant 290', 1058)
        a.name295(a, 'constant 295', 1059)
        if a: continue
    try:
        a[0] = b.attribute0
        a[1] = b.attribute1
        a[2] = b.attribute2
        a[3] = b.attribute3
        a[4] = b.attribute4
        a[5] = b.attribute5
        a[6] = b.attribute6
        a[7] = b.attribute7
        a[8] = b.attribute8
        a[9] = b.attribute9
        a[10] = b.attribute10
        a[11] = b.attribute11
        a[12] = b.attribute12
        a[13] = b.attribute13
        a[14] = b.attribute14
        a[15] = b.attribute15
        a[16] = b.attribute16
        a[17] = b.attribute17
        a[18] = b.attribute18
        a[19] = b.attribute19
        a[20] = b.attribute20
        a[21] = b.attribute21
        a[22] = b.attribute22
        a[23] = b.attribute23
        a[24] = b.attribute24
        a[25] = b.attribute25
        a[26] = b.attribute26
        a[27] = b.attribute27
        a[28] = b.attribute28
        a[29] = b.attribute29
        a[30] = b.attribute30
        a[31] = b.attribute31
        a[32] = b.attribute32
        a[33] = b.attribute33
        a[34] = b.attribute34
        a[35] = b.attribute35
        a[36] = b.attribute36
        a[37] = b.attribute37
        a[38] = b.attribute38
        a[39] = b.attribute39
    except Exception:
        return a
