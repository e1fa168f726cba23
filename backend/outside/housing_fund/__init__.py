"""Housing provident fund system (住房公积金系统), kept by the fund's management centre."""
